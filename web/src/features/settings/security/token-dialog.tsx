import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import { createToken, tokensQuery } from "@/api/security";
import type { Scope } from "@/api/wire-accounts";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { CheckField, SelectField, TextField } from "@/components/ui/field";
import { ShownOnce } from "@/components/ui/shown-once";
import { DEFAULT_DAYS, LIFETIMES, SCOPES } from "./scopes";

/** Makes a token for a program, and shows it once. */
export function TokenDialog({ onClose }: { onClose: () => void }) {
  const client = useQueryClient();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly Scope[]>(["read"]);
  const [days, setDays] = useState<number>(DEFAULT_DAYS);
  const create = useMutation({
    mutationFn: () => createToken({ name: name.trim(), scopes: [...scopes], expires_in_days: days }),
    onSuccess: () => client.invalidateQueries({ queryKey: tokensQuery.queryKey }),
  });
  const problem = create.error ? asProblem(create.error) : null;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    create.mutate();
  };
  if (create.data?.token) {
    return (
      <Dialog
        open
        onClose={onClose}
        title={`“${create.data.name}” is made`}
        description="Copy it to where it is needed now. It cannot be shown again; if it is lost, revoke it and make another."
        footer={
          <Button tone="primary" onClick={onClose}>
            Done
          </Button>
        }
      >
        <ShownOnce label="The token, shown only now" copyLabel="Copy the token" text={create.data.token} />
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title="A token for a program" description="It acts in your name, as far as you allow here, until it expires.">
      <form onSubmit={onSubmit} className="flex flex-col gap-5">
        {problem && problem.errors.length === 0 && <ProblemNotice cause={problem} />}
        <div className="grid gap-4 sm:grid-cols-[1fr_9rem]">
          <TextField
            label="What it is for"
            required
            maxLength={100}
            placeholder="Nightly report"
            value={name}
            error={problem?.forField("name")}
            onChange={(event) => setName(event.target.value)}
          />
          <SelectField label="Good for" value={days} error={problem?.forField("expires_in_days")} onChange={(event) => setDays(Number(event.target.value))}>
            {LIFETIMES.map((lifetime) => (
              <option key={lifetime.days} value={lifetime.days}>
                {lifetime.label}
              </option>
            ))}
          </SelectField>
        </div>
        <fieldset className="flex flex-col gap-3">
          <legend className="mb-2.5 text-[13px] font-medium">What it may do</legend>
          {SCOPES.map(({ scope, label, note }) => (
            <CheckField
              key={scope}
              label={label}
              hint={note}
              checked={scopes.includes(scope)}
              onChange={(event) => setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((known) => known !== scope))}
            />
          ))}
          {problem?.forField("scopes") && <p className="text-[12.5px] font-medium text-danger">{problem.forField("scopes")}</p>}
        </fieldset>
        <Button type="submit" tone="primary" busy={create.isPending} disabled={name.trim() === "" || scopes.length === 0}>
          Make the token
        </Button>
      </form>
    </Dialog>
  );
}
