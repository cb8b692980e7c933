import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { decideAccess } from "@/api/access";
import { asProblem } from "@/api/problem";
import type { AccessRequest } from "@/api/wire-access";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextArea } from "@/components/ui/field";
import { showToast } from "@/lib/toasts";

const LONGEST = 1000;

interface DecideDialogProps {
  request: AccessRequest;
  decision: "grant" | "refuse";
  onClose: () => void;
}

/** Grants or refuses, with a word for who asked. */
export function DecideDialog({ request, decision, onClose }: DecideDialogProps) {
  const client = useQueryClient();
  const [note, setNote] = useState("");
  const isGrant = decision === "grant";
  const decide = useMutation({
    mutationFn: () => decideAccess(request.id, decision, note.trim()),
    onSuccess: () => {
      showToast({ tone: "done", text: isGrant ? `${request.username} may use ${request.app_name} now` : `${request.username} is told that it was refused` });
      onClose();
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["access-requests"] }),
  });
  const problem = decide.error ? asProblem(decide.error) : null;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    decide.mutate();
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={isGrant ? `Grant ${request.app_name} to ${request.username}?` : `Refuse ${request.app_name} to ${request.username}?`}
      description={
        isGrant
          ? "They become an approved person of the app’s category, and may use everything there that is for approved people."
          : "They see that it was refused, and what you write here. They may ask again."
      }
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        {problem && problem.errors.length === 0 && <ProblemNotice cause={problem} />}
        <TextArea
          label={isGrant ? "A word to them" : "Why"}
          hint="They can read it, and so can the audit"
          maxLength={LONGEST}
          value={note}
          error={problem?.forField("note")}
          onChange={(event) => setNote(event.target.value)}
        />
        <Button type="submit" tone={isGrant ? "primary" : "danger"} busy={decide.isPending}>
          {isGrant ? "Grant access" : "Refuse"}
        </Button>
      </form>
    </Dialog>
  );
}
