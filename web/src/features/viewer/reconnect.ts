import { afterClose, type EndCause } from "./close-codes";

/** Where the connection to the screen stands. */
export type Link =
  | { kind: "connecting"; attempt: number }
  | { kind: "live" }
  | { kind: "waiting"; attempt: number; since: number; until: number; because: string }
  | { kind: "ended"; because: EndCause; reason: string };

export type LinkEvent =
  | { type: "opened" }
  | { type: "closed"; code: number; reason: string; now: number; random: number }
  /** The wait is over, or somebody does not want to wait. */
  | { type: "again" };

export const START: Link = { kind: "connecting", attempt: 0 };

const LONGEST_MS = 15_000;
const JITTER = 0.25;

/** Pause before the given attempt: doubled each time, and spread so that browsers do not return in step. */
function pause(firstMs: number, attempt: number, random: number): number {
  if (firstMs === 0 && attempt <= 1) return 0;
  const base = Math.min(LONGEST_MS, Math.max(firstMs, 500) * 2 ** (attempt - 1));
  return Math.round(base * (1 + JITTER * random));
}

/** Pure: the next state of the link. Events that make no sense in a state change nothing. */
export function step(link: Link, event: LinkEvent): Link {
  switch (event.type) {
    case "opened":
      return link.kind === "connecting" ? { kind: "live" } : link;
    case "again":
      return link.kind === "waiting" ? { kind: "connecting", attempt: link.attempt } : link;
    case "closed": {
      if (link.kind === "ended" || link.kind === "waiting") return link;
      const after = afterClose(event.code);
      if (after.kind === "end") return { kind: "ended", because: after.because, reason: event.reason };
      const attempt = link.kind === "live" ? 1 : link.attempt + 1;
      return {
        kind: "waiting",
        attempt,
        since: event.now,
        until: event.now + pause(after.firstDelayMs, attempt, event.random),
        because: after.because,
      };
    }
  }
}
