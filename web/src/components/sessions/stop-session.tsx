import { useMutation, useQueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { sessionQuery, stopSession } from "@/api/sessions";
import type { Session } from "@/api/wire";
import { Confirm } from "@/components/ui/confirm";
import { showToast } from "@/lib/toasts";

interface StopSessionProps {
  /** The session that a person wants to stop, or null while nobody asked. */
  session: Session | null;
  onClose: () => void;
  onStopped?: (session: Session) => void;
}

/** Asks once, says what is lost, and stops the session. */
export function StopSession({ session, onClose, onStopped }: StopSessionProps) {
  const client = useQueryClient();
  const stop = useMutation({
    mutationFn: stopSession,
    onSuccess: (stopped) => {
      client.setQueryData(sessionQuery(stopped.id).queryKey, stopped);
      void client.invalidateQueries({ queryKey: ["sessions"] });
      showToast({ tone: "done", text: `${stopped.app_name} was stopped` });
      onStopped?.(stopped);
    },
    onError: (cause) => {
      const problem = asProblem(cause);
      showToast({ tone: "problem", text: problem.title, detail: problem.message });
      void client.invalidateQueries({ queryKey: ["sessions"] });
    },
    onSettled: onClose,
  });
  return (
    <Confirm
      open={session !== null}
      title={session ? `Stop ${session.app_name}?` : "Stop?"}
      confirmLabel="Stop session"
      keepLabel="Keep it running"
      busy={stop.isPending}
      onClose={onClose}
      onConfirm={() => session && stop.mutate(session.id)}
    >
      The app closes, and what is not saved in it is lost. To come back later, just leave: it keeps running without you.
    </Confirm>
  );
}
