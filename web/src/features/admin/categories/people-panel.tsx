import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { categoryPeopleQuery, giveCategoryRight, takeCategoryRight, type CategoryRight } from "@/api/access";
import type { Category, Person } from "@/api/wire-access";
import { PeopleList } from "@/components/people/people-list";
import { PersonPicker } from "@/components/people/person-picker";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";

const WORDS = {
  admins: {
    title: "Administrators",
    description: "Change the category and its apps, and decide who is approved.",
    add: "Make somebody an administrator of it",
    none: "Nobody but the administrators of everything.",
  },
  "approved-users": {
    title: "Approved people",
    description: "May use its apps that are for approved people.",
    add: "Approve somebody",
    none: "Nobody yet.",
  },
} as const satisfies Record<CategoryRight, Record<string, string>>;

/** Who has a right in the category. A change counts at once, also for people who are signed in. */
export function PeoplePanel({ category, right }: { category: Category; right: CategoryRight }) {
  const client = useQueryClient();
  const query = categoryPeopleQuery(category.id, right);
  const people = useQuery(query);
  const reread = () => client.invalidateQueries({ queryKey: query.queryKey });
  const give = useMutation({ mutationFn: (person: Person) => giveCategoryRight(category.id, right, person.id), onSettled: reread });
  const take = useMutation({ mutationFn: (person: Person) => takeCategoryRight(category.id, right, person.id), onSettled: reread });
  const words = WORDS[right];
  const refused = give.error ?? take.error;
  return (
    // The list of found people may reach over the panel's edge.
    <div className="[&>section]:overflow-visible">
      <Panel title={words.title} description={words.description}>
        {refused && <ProblemNotice cause={refused} className="mb-4" />}
        {people.isPending && <SkeletonRows rows={2} className="h-11" />}
        {people.isError && !people.data && <ProblemPanel cause={people.error} onRetry={() => void people.refetch()} />}
        {people.data?.length === 0 && <p className="text-[13.5px] text-ink-2">{words.none}</p>}
        {people.data && people.data.length > 0 && (
          <PeopleList people={people.data} removeLabel="Remove" removingId={take.isPending ? take.variables.id : undefined} onRemove={(person) => take.mutate(person)} />
        )}
        <PersonPicker label={words.add} without={people.data ?? []} onPick={(person) => give.mutate(person)} className="mt-4 max-w-sm" />
      </Panel>
    </div>
  );
}
