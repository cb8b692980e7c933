import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";

interface ProveDialogProps<T> {
  title: string;
  description: string;
  actionLabel: string;
  isDanger?: boolean;
  act: (password: string, code: string) => Promise<T>;
  onDone: (answer: T) => void;
  onClose: () => void;
}

/** Asks for both factors before something that weakens or renews them. */
export function ProveDialog<T>({ title, description, actionLabel, isDanger = false, act, onDone, onClose }: ProveDialogProps<T>) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const prove = useMutation({ mutationFn: () => act(password, code.trim()), onSuccess: onDone, onError: () => setCode("") });
  const problem = prove.error ? asProblem(prove.error) : null;
  const isWrongCode = problem?.code === "invalid_code";
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  return (
    <Dialog open onClose={onClose} title={title} description={description}>
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        {problem && !isWrongCode && problem.errors.length === 0 && <ProblemNotice cause={problem} />}
        <TextField
          label="Your password"
          type="password"
          autoComplete="current-password"
          required
          value={password}
          error={problem?.forField("password")}
          onChange={(event) => setPassword(event.target.value)}
        />
        <TextField
          label="Code"
          hint="Of your authenticator, or a recovery code"
          error={isWrongCode ? "That code is not right, or was used already" : undefined}
          autoComplete="one-time-code"
          autoCapitalize="none"
          spellCheck={false}
          mono
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button type="submit" tone={isDanger ? "danger" : "primary"} busy={prove.isPending} disabled={password === "" || code.trim() === ""}>
          {actionLabel}
        </Button>
      </form>
    </Dialog>
  );
}
