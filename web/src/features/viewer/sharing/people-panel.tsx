import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Share2 from "lucide-react/icons/share-2";
import { cutEverybody, handOver, viewersQuery } from "@/api/sharing";
import type { Session } from "@/api/wire";
import type { Viewer } from "@/api/wire-sharing";
import { ProblemNotice } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Skeleton } from "@/components/ui/skeleton";
import { useViewerOrder, type Order } from "./use-viewer-order";
import { VerdictButtons } from "./verdict-buttons";

/** Covers an event stream that is blocked on the way. */
const VIEWERS_POLL_MS = 5000;

/** Who is here: lets in, hands over, and cuts. */
export function PeoplePanel({ session, onShare }: { session: Session; onShare: () => void }) {
  const client = useQueryClient();
  const viewers = useQuery({ ...viewersQuery(session.id), refetchInterval: VIEWERS_POLL_MS });
  const settled = () => client.invalidateQueries({ queryKey: ["sessions"] });
  const { error, isBusy, say } = useViewerOrder(session.id);
  const cutAll = useMutation({ mutationFn: () => cutEverybody(session.id, true), onSettled: settled });
  const others = viewers.data?.filter(({ role }) => role !== "owner") ?? [];
  const problem = error ?? cutAll.error ?? (viewers.data ? null : viewers.error);
  return (
    <>
      <h2 className="text-[13px] font-semibold">Who is here</h2>
      {problem && <ProblemNotice cause={problem} className="mt-2" />}
      {viewers.isPending && <Skeleton className="mt-3 h-12" />}
      {viewers.data && others.length === 0 && <p className="mt-1 text-[13px] text-ink-2">Only you.</p>}
      {session.control.viewer_id !== null && (
        <Button size="small" className="mt-3 w-full" onClick={() => void handOver(session.id, null).then(settled, settled)}>
          Take control back
        </Button>
      )}
      <ul className="mt-3 flex max-h-72 flex-col gap-3 overflow-y-auto">
        {others.map((viewer) => (
          <ViewerRow key={viewer.id} viewer={viewer} isAlone={session.control.viewer_id === viewer.id} isBusy={isBusy(viewer)} onOrder={(verb) => say(viewer, verb)} />
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button tone="primary" size="small" onClick={onShare} className="flex-1">
          <Share2 /> Share…
        </Button>
        {others.length > 0 && (
          <Button tone="quiet-danger" size="small" busy={cutAll.isPending} onClick={() => cutAll.mutate()} title="Disconnects everybody and ends all shares">
            End all
          </Button>
        )}
      </div>
    </>
  );
}

interface ViewerRowProps {
  viewer: Viewer;
  /** Whether keyboard and mouse are theirs alone. */
  isAlone: boolean;
  isBusy: boolean;
  onOrder: (verb: Order) => void;
}

function ViewerRow({ viewer, isAlone, isBusy, onOrder }: ViewerRowProps) {
  const { username: name, state, has_control, permission, role } = viewer;
  const mayControl = role === "viewer" && permission === "read_write";
  return (
    <li className="text-[13px]">
      <p className="flex items-center gap-2">
        <span className="truncate font-medium">{name}</span>
        {viewer.guest && <Badge>Guest</Badge>}
        {role === "observer" && <Badge tone="warn">Observes</Badge>}
        {state === "connected" && role === "viewer" && (isAlone ? <Badge tone="live">Has control</Badge> : <Badge>{has_control ? "Types with you" : "Watches"}</Badge>)}
      </p>
      <div className="mt-1.5 flex flex-wrap gap-1.5">
        {state === "waiting" ? (
          <VerdictButtons name={name} isBusy={isBusy} onVerdict={onOrder} />
        ) : (
          <>
            {mayControl && !isAlone && (
              <Button size="small" busy={isBusy} aria-label={`Give control to ${name}`} title="Then nobody else types, you neither, until you take it back" onClick={() => onOrder("control")}>
                Give control
              </Button>
            )}
            {role !== "observer" && (
              <Button size="small" tone="quiet-danger" busy={isBusy} aria-label={`Disconnect ${name}`} onClick={() => onOrder("cut")}>
                Disconnect
              </Button>
            )}
          </>
        )}
      </div>
    </li>
  );
}
