import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { askForAccess, withdrawAccess } from "@/api/access";
import { asProblem } from "@/api/problem";
import type { App } from "@/api/wire";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { TextArea } from "@/components/ui/field";
import { showToast } from "@/lib/toasts";

const LONGEST = 1000;

interface AskDialogProps {
  app: App;
  onClose: () => void;
}

/** Asks those who manage the app's category for access; or tells where that stands. */
export function AskDialog({ app, onClose }: AskDialogProps) {
  const pending = app.access_request?.status === "pending" ? app.access_request : null;
  return pending ? <Waiting app={app} requestId={pending.id} onClose={onClose} /> : <Ask app={app} onClose={onClose} />;
}

function useReread() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["apps"] });
    void client.invalidateQueries({ queryKey: ["access-requests"] });
  };
}

function Ask({ app, onClose }: AskDialogProps) {
  const reread = useReread();
  const [message, setMessage] = useState("");
  const ask = useMutation({
    mutationFn: () => askForAccess(app.id, message.trim()),
    onSuccess: () => {
      reread();
      showToast({ tone: "done", text: `You have asked for ${app.name}`, detail: "It can be launched as soon as somebody grants it." });
      onClose();
    },
  });
  const problem = ask.error ? asProblem(ask.error) : null;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    ask.mutate();
  };
  const wasRefused = app.access_request?.status === "refused";
  return (
    <Dialog
      open
      onClose={onClose}
      title={`Ask for access to ${app.name}`}
      description={`Whoever manages ${app.category || "its category"} decides. Granting it opens everything there that is for approved people.`}
    >
      <form onSubmit={onSubmit} className="flex flex-col gap-4">
        {problem && problem.errors.length === 0 && <ProblemNotice cause={problem} />}
        <TextArea
          label="What you need it for"
          maxLength={LONGEST}
          value={message}
          error={problem?.forField("message")}
          hint={wasRefused ? "You were refused before: see under Requests what was said." : "Makes it easier to decide"}
          onChange={(event) => setMessage(event.target.value)}
        />
        <Button type="submit" tone="primary" busy={ask.isPending}>
          Send the request
        </Button>
      </form>
    </Dialog>
  );
}

function Waiting({ app, requestId, onClose }: AskDialogProps & { requestId: string }) {
  const reread = useReread();
  const withdraw = useMutation({
    mutationFn: () => withdrawAccess(requestId),
    onSuccess: () => {
      reread();
      showToast({ tone: "done", text: "The request is withdrawn" });
      onClose();
    },
  });
  return (
    <Dialog
      open
      onClose={onClose}
      title={`You have asked for ${app.name}`}
      description="Nobody has decided yet. The card becomes a launch button by itself when it is granted."
      footer={
        <>
          <Button busy={withdraw.isPending} onClick={() => withdraw.mutate()}>
            Withdraw the request
          </Button>
          <Button tone="primary" onClick={onClose}>
            Keep waiting
          </Button>
        </>
      }
    >
      {withdraw.error && <ProblemNotice cause={withdraw.error} />}
    </Dialog>
  );
}
