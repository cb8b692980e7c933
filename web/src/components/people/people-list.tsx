import type { Person } from "@/api/wire-access";
import { Button } from "@/components/ui/button";
import { personName } from "./person-name";

interface PeopleListProps {
  people: readonly Person[];
  removeLabel: string;
  removingId?: string | undefined;
  onRemove: (person: Person) => void;
}

/** People with a right, each with the way to take it away. */
export function PeopleList({ people, removeLabel, removingId, onRemove }: PeopleListProps) {
  return (
    <ul className="divide-y divide-line">
      {people.map((person) => (
        <li key={person.id} className="flex items-center gap-3 py-2.5">
          <span aria-hidden="true" className="grid size-8 shrink-0 place-items-center rounded-full bg-signal-soft text-[12px] font-semibold text-signal">
            {personName(person).slice(0, 1).toUpperCase()}
          </span>
          <span className="min-w-0 flex-1">
            <span className="block truncate text-[13.5px] font-medium">{personName(person)}</span>
            {person.display_name && <span className="block truncate text-[12.5px] text-ink-3">{person.username}</span>}
          </span>
          <Button size="small" aria-label={`${removeLabel} ${personName(person)}`} busy={removingId === person.id} onClick={() => onRemove(person)}>
            {removeLabel}
          </Button>
        </li>
      ))}
    </ul>
  );
}
