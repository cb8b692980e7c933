import type { Verdict } from "@/api/wire-services";
import { Badge, type BadgeTone } from "@/components/ui/badge";

/** How a service stands, in words and a colour. A server may know more of them than this page. */
const STANDINGS: Partial<Record<string, { label: string; tone: BadgeTone }>> = {
  applied: { label: "As wanted", tone: "live" },
  finished: { label: "Finished", tone: "neutral" },
  pending: { label: "Planned", tone: "signal" },
  starting: { label: "Starting", tone: "signal" },
  waiting: { label: "Waiting", tone: "signal" },
  backing_off: { label: "Trying again", tone: "warn" },
  gave_up: { label: "Given up", tone: "danger" },
  rolled_back: { label: "Rolled back", tone: "danger" },
  locked: { label: "Locked", tone: "warn" },
  leaving: { label: "Leaving", tone: "neutral" },
};

export function StandingBadge({ standing }: { standing: Verdict["standing"] }) {
  const { label, tone } = STANDINGS[standing] ?? { label: standing, tone: "neutral" as const };
  return <Badge tone={tone}>{label}</Badge>;
}
