import type { AccessRequestStatus } from "@/api/wire-access";
import { Badge, type BadgeTone } from "@/components/ui/badge";

const LOOK = {
  pending: { tone: "warn", label: "Waiting" },
  granted: { tone: "live", label: "Granted" },
  refused: { tone: "danger", label: "Refused" },
  withdrawn: { tone: "neutral", label: "Withdrawn" },
} as const satisfies Record<AccessRequestStatus, { tone: BadgeTone; label: string }>;

export function RequestStatus({ status }: { status: AccessRequestStatus }) {
  const { tone, label } = LOOK[status];
  return <Badge tone={tone}>{label}</Badge>;
}
