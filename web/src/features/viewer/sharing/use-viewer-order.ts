import { useMutation, useQueryClient } from "@tanstack/react-query";
import { decideViewer, handOver, type Verdict } from "@/api/sharing";
import type { Viewer } from "@/api/wire-sharing";

/** What the owner says about one viewer: a verdict, or that this one alone types now. */
export type Order = Verdict | "control";

/** Carries out the owner's orders, one at a time. */
export function useViewerOrder(session: string) {
  const client = useQueryClient();
  const order = useMutation({
    mutationFn: ({ viewer, verb }: { viewer: Viewer; verb: Order }) => (verb === "control" ? handOver(session, viewer.id) : decideViewer(session, viewer.id, verb)),
    onSettled: () => client.invalidateQueries({ queryKey: ["sessions"] }),
  });
  return {
    error: order.error,
    isBusy: (viewer: Viewer) => order.isPending && order.variables.viewer.id === viewer.id,
    say: (viewer: Viewer, verb: Order) => order.mutate({ viewer, verb }),
  };
}
