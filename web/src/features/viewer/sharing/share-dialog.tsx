import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Link2 from "lucide-react/icons/link-2";
import UserPlus from "lucide-react/icons/user-plus";
import UserRound from "lucide-react/icons/user-round";
import { useState, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import { createShare, sharesQuery } from "@/api/sharing";
import type { Session } from "@/api/wire";
import type { SharePermission } from "@/api/wire-sharing";
import { PersonPicker } from "@/components/people/person-picker";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { CheckField, SelectField, TextField } from "@/components/ui/field";
import { Segmented } from "@/components/ui/segmented";
import { ShownOnce } from "@/components/ui/shown-once";
import { DAY_SECONDS, draftOf, LIFETIMES, START, type ShareForm } from "./share-form";
import { ShareList } from "./share-list";

const WHOM = [
  { value: "link", label: "Anybody with a link", icon: <Link2 /> },
  { value: "user", label: "One person", icon: <UserPlus /> },
] as const;

const RIGHTS = [
  { value: "read_only", label: "Watch" },
  { value: "read_write", label: "Watch and control" },
] as const satisfies readonly { value: SharePermission; label: string }[];

/** Who is invited: found by a part of their name. */
function Invited({ username, error, onChange }: { username: string; error: string | undefined; onChange: (username: string) => void }) {
  if (username === "") return <PersonPicker label="Who" hint="It appears for them under Sessions." onPick={(person) => onChange(person.username)} />;
  return (
    <div>
      <div className="flex items-end justify-between gap-3">
        <div className="min-w-0">
          <p className="text-[13px] font-medium">Who</p>
          <p className="mt-1.5 flex h-10 items-center gap-2 text-[14px]">
            <UserRound className="size-4 shrink-0 text-ink-3" aria-hidden="true" />
            <span className="truncate">{username}</span>
          </p>
        </div>
        <Button size="small" className="mb-1" onClick={() => onChange("")}>
          Somebody else
        </Button>
      </div>
      {error && <p className="text-[12.5px] font-medium text-danger">{error}</p>}
    </div>
  );
}

/** Lets others into a session: whom, what they may do, and for how long. */
export function ShareDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const client = useQueryClient();
  const [form, setForm] = useState<ShareForm>(START);
  const shares = useQuery(sharesQuery(session.id));
  const share = useMutation({
    mutationFn: () => createShare(session.id, draftOf(form)),
    onSuccess: () => {
      setForm({ ...form, username: "" });
      void client.invalidateQueries({ queryKey: sharesQuery(session.id).queryKey });
    },
  });
  const problem = share.error ? asProblem(share.error) : null;
  const patch = (change: Partial<ShareForm>) => setForm({ ...form, ...change });
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    share.mutate();
  };
  const isLink = form.whom === "link";
  return (
    <Dialog open onClose={onClose} title={`Share ${session.app_name}`} description="They see this very screen. You stay its owner, and can end it at any time.">
      <form onSubmit={onSubmit} className="flex flex-col gap-4" aria-label="New share">
        <Segmented label="With whom" value={form.whom} options={WHOM} onChange={(whom) => patch({ whom })} />
        {problem && problem.errors.length === 0 && <ProblemNotice cause={problem} />}
        {!isLink && <Invited username={form.username} error={problem?.forField("username") ?? problem?.forField("user_id")} onChange={(username) => patch({ username })} />}
        <Segmented label="What they may do" value={form.permission} options={RIGHTS} onChange={(permission) => patch({ permission })} />
        <div className="grid grid-cols-2 gap-3">
          <SelectField label="Ends after" value={form.lifetime} error={problem?.forField("expires_in")} onChange={(event) => patch({ lifetime: Number(event.target.value) || DAY_SECONDS })}>
            {LIFETIMES.map(({ seconds, label }) => (
              <option key={seconds} value={seconds}>
                {label}
              </option>
            ))}
          </SelectField>
          {isLink && (
            <TextField
              label="People at most"
              inputMode="numeric"
              placeholder="any number"
              value={form.maxUses}
              error={problem?.forField("max_uses")}
              onChange={(event) => patch({ maxUses: event.target.value.replaceAll(/\D/g, "") })}
            />
          )}
        </div>
        {isLink && (
          <div className="flex flex-col gap-3">
            <CheckField label="Ask me before each one comes in" checked={form.approval} onChange={(event) => patch({ approval: event.target.checked })} />
            <CheckField
              label="Also people without an account"
              hint="Only where your administrator allows guests."
              checked={form.guests}
              onChange={(event) => patch({ guests: event.target.checked })}
            />
          </div>
        )}
        <Button type="submit" tone="primary" busy={share.isPending} disabled={!isLink && form.username === ""} className="w-full">
          {isLink ? "Create the link" : "Let them in"}
        </Button>
      </form>
      {share.data?.url && <ShownOnce label="The new link, shown only now" copyLabel="Copy the link" text={share.data.url} className="mt-4" />}
      <ShareList session={session.id} shares={shares} />
    </Dialog>
  );
}
