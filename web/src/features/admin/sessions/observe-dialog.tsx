import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import { asProblem } from "@/api/problem";
import { observeSession } from "@/api/sharing";
import type { Session } from "@/api/wire";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextArea } from "@/components/ui/field";
import { sessionPath } from "@/hooks/use-launch";

const SHORTEST = 3;
const LONGEST = 500;

/** Looking into somebody's screen: for a reason, for an hour, and never in secret from the audit. */
export function ObserveDialog({ session, onClose }: { session: Session; onClose: () => void }) {
  const navigate = useNavigate();
  const [reason, setReason] = useState("");
  const observe = useMutation({
    mutationFn: () => observeSession(session.id, reason.trim()),
    onSuccess: ({ id }) => navigate(sessionPath(id)),
  });
  const problem = observe.error ? asProblem(observe.error) : null;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    observe.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Observe the session of ${session.username}?`}
      description="You see their screen for an hour and cannot type. They are told, unless your installation says otherwise, and the audit log keeps your reason."
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        {problem && problem.errors.length === 0 && <ProblemNotice cause={problem} />}
        <TextArea
          label="Reason"
          required
          minLength={SHORTEST}
          maxLength={LONGEST}
          value={reason}
          error={problem?.forField("reason")}
          onChange={(event) => setReason(event.target.value)}
        />
        <Button type="submit" tone="primary" busy={observe.isPending} disabled={reason.trim().length < SHORTEST}>
          Observe
        </Button>
      </form>
    </Dialog>
  );
}
