import { useQuery } from "@tanstack/react-query";
import CircleQuestionMark from "lucide-react/icons/circle-question-mark";
import UserRound from "lucide-react/icons/user-round";
import { useSearchParams } from "react-router";
import { peopleQuery, type ObjectKind } from "@/api/access";
import { personName } from "@/components/people/person-name";
import { PersonPicker } from "@/components/people/person-picker";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { SelectField } from "@/components/ui/field";
import { PageHeader } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { usePageTitle } from "@/hooks/use-page-title";
import { actionOf, ASKABLE, KINDS, kindOf, type Askable } from "./actions";
import { Answer } from "./answer";
import { useObjects } from "./use-objects";

/** Why somebody may or may not: the question is the address, so that it can be passed on. */
export function AccessPage() {
  usePageTitle("Why?");
  const [params, setParams] = useSearchParams();
  const kind = kindOf(params.get("about") ?? "");
  const { action, label } = actionOf(kind, params.get("action") ?? "");
  const object = params.get("id") ?? "";
  const user = params.get("user") ?? "";
  const objects = useObjects(kind);
  const everybody = useQuery(peopleQuery(""));
  const person = everybody.data?.find(({ id }) => id === user);
  const name = objects.find(({ id }) => id === object)?.name;
  const askable: readonly Askable[] = ASKABLE[kind];

  const set = (change: Record<string, string>) =>
    setParams(
      (known) => {
        const next = new URLSearchParams(known);
        for (const [key, value] of Object.entries(change)) {
          if (value === "") next.delete(key);
          else next.set(key, value);
        }
        return next;
      },
      { replace: true },
    );

  return (
    <>
      <PageHeader title="Why may somebody, or why not?">Names the rule that decides, as the server applies it now.</PageHeader>
      <div className="grid items-start gap-6 lg:grid-cols-[22rem_minmax(0,1fr)]">
        <form className="flex flex-col gap-4 rounded-xl border border-line bg-surface p-5 shadow-card" aria-label="Question" onSubmit={(event) => event.preventDefault()}>
          {user === "" ? (
            <PersonPicker label="Who" hint="Nobody chosen: you" onPick={({ id }) => set({ user: id })} />
          ) : (
            <div className="flex items-end justify-between gap-3">
              <div className="min-w-0">
                <p className="text-[13px] font-medium">Who</p>
                <p className="mt-1.5 flex h-10 items-center gap-2 text-[14px]">
                  <UserRound className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
                  <span className="truncate">{person ? personName(person) : user}</span>
                </p>
              </div>
              <Button size="small" className="mb-1" onClick={() => set({ user: "" })}>
                Somebody else
              </Button>
            </div>
          )}
          <div>
            <p className="mb-1.5 text-[13px] font-medium">What it is about</p>
            <Segmented<ObjectKind> label="What it is about" value={kind} options={KINDS} onChange={(about) => set({ about, id: "", action: "" })} />
          </div>
          <SelectField label="Which one" value={object} onChange={(event) => set({ id: event.target.value })}>
            <option value="">Choose…</option>
            {object !== "" && name === undefined && <option value={object}>{object}</option>}
            {objects.map(({ id, name: objectName }) => (
              <option key={id} value={id}>
                {objectName}
              </option>
            ))}
          </SelectField>
          <SelectField label="May they" value={action} onChange={(event) => set({ action: event.target.value })}>
            {askable.map((one) => (
              <option key={one.action} value={one.action}>
                {one.label}
              </option>
            ))}
          </SelectField>
        </form>
        {object === "" ? (
          <EmptyState icon={<CircleQuestionMark />} title="Choose what it is about">
            The answer appears here, and the address keeps the question.
          </EmptyState>
        ) : (
          <Answer question={{ action, kind, object, user }} words={words(label, name ?? object)} />
        )}
      </div>
    </>
  );
}

/** The action with its object in it: `launch Vault`. */
function words(label: string, name: string): string {
  return /\b(it|its)\b/.test(label) ? label.replace(/\bit\b/, name).replace(/\bits\b/, `${name}’s`) : `${label} in ${name}`;
}
