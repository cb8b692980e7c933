import type { Session } from "@/api/wire";
import { Badge, LiveDot, type BadgeTone } from "@/components/ui/badge";
import { PHASE_LABEL, STATUS_LABEL } from "@/lib/labels";

const TONES = {
  creating: "signal",
  running: "live",
  stopped: "neutral",
  expired: "warn",
  failed: "danger",
} as const satisfies Record<Session["status"], BadgeTone>;

/** Status of a session as a badge; while it is created, the phase says more. */
export function SessionStatus({ session }: { session: Pick<Session, "status" | "phase" | "reason"> }) {
  const wasCancelled = session.reason?.code === "cancelled";
  const label =
    session.status === "creating" ? PHASE_LABEL[session.phase] : wasCancelled ? "Cancelled" : STATUS_LABEL[session.status];
  return (
    <Badge tone={wasCancelled ? "neutral" : TONES[session.status]}>
      {session.status === "running" && <LiveDot />}
      {label}
    </Badge>
  );
}
