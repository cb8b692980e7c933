import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { changePassword } from "@/api/auth";
import { asProblem } from "@/api/problem";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { useMe } from "@/hooks/use-me";
import { showToast } from "@/lib/toasts";

export function PasswordPanel() {
  const { me } = useMe();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [repeated, setRepeated] = useState("");
  const differs = repeated !== "" && repeated !== next;
  const change = useMutation({
    mutationFn: () => changePassword(current, next),
    onSuccess: () => {
      setCurrent("");
      setNext("");
      setRepeated("");
      showToast({ tone: "done", text: "Password changed", detail: "Your other sign-ins were ended." });
    },
  });
  const problem = change.error ? asProblem(change.error) : null;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!differs) change.mutate();
  };
  return (
    <form onSubmit={onSubmit}>
      <Panel
        title="Password"
        description="Changing it ends your sign-ins on other devices. Your sessions keep running."
        footer={
          <Button type="submit" tone="primary" busy={change.isPending} disabled={!current || !next || !repeated || differs}>
            Change the password
          </Button>
        }
      >
        {problem && problem.errors.length === 0 && <ProblemNotice cause={problem} className="mb-4" />}
        {/* Lets password managers know whose password this is. */}
        <input type="text" name="username" autoComplete="username" value={me?.username ?? ""} readOnly hidden />
        <div className="flex max-w-sm flex-col gap-4">
          <TextField
            label="Current password"
            type="password"
            autoComplete="current-password"
            value={current}
            error={problem?.forField("current_password")}
            onChange={(event) => setCurrent(event.target.value)}
          />
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            value={next}
            error={problem?.forField("new_password")}
            hint="A sentence that only you would say is better than a word with digits."
            onChange={(event) => setNext(event.target.value)}
          />
          <TextField
            label="New password again"
            type="password"
            autoComplete="new-password"
            value={repeated}
            error={differs ? "This is not the same" : undefined}
            onChange={(event) => setRepeated(event.target.value)}
          />
        </div>
      </Panel>
    </form>
  );
}
