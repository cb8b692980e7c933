import { useQuery } from "@tanstack/react-query";
import DoorOpen from "lucide-react/icons/door-open";
import { viewersQuery } from "@/api/sharing";
import type { Session } from "@/api/wire";
import { ProblemNotice } from "@/components/problem-panel";
import { useViewerOrder } from "./use-viewer-order";
import { VerdictButtons } from "./verdict-buttons";

/** Who waits at the door, over the owner's screen until they have decided; it takes no keys from the app. */
export function WaitingPeople({ session }: { session: Session }) {
  const isOwner = !session.is_shared;
  // Read again with every event about sessions.
  const { data: viewers = [] } = useQuery({ ...viewersQuery(session.id), enabled: isOwner });
  const { error, isBusy, say } = useViewerOrder(session.id);
  const waiting = isOwner ? viewers.filter(({ state }) => state === "waiting") : [];
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 bottom-14 z-10 flex flex-col items-center gap-2 px-3">
      {waiting.map((viewer) => (
        <div key={viewer.id} className="pointer-events-auto w-full max-w-sm animate-rise rounded-xl border border-line bg-surface p-3.5 text-[13.5px] shadow-float">
          <p className="flex items-center gap-2">
            <DoorOpen aria-hidden="true" className="size-4 shrink-0 text-signal" />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              <strong className="font-semibold">{viewer.username}</strong> {viewer.guest ? "(a guest) " : ""}wants to come in and {viewer.permission === "read_write" ? "control" : "watch"}
            </span>
          </p>
          {error && <ProblemNotice cause={error} className="mt-2" />}
          <div className="mt-2.5 flex gap-2">
            <VerdictButtons name={viewer.username} isBusy={isBusy(viewer)} onVerdict={(verdict) => say(viewer, verdict)} />
          </div>
        </div>
      ))}
    </div>
  );
}
