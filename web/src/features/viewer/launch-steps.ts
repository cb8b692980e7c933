import type { Session, SessionPhase } from "@/api/wire";
import { PHASE_LABEL } from "@/lib/labels";

export interface LaunchStep {
  phase: SessionPhase;
  label: string;
  state: "done" | "now" | "ahead";
}

const USUAL: readonly SessionPhase[] = ["queued", "starting", "connecting"];

/** The story of a launch. Waiting for the workspace is told only when it happens. */
export function launchSteps(session: Pick<Session, "phase">): LaunchStep[] {
  const phases: readonly SessionPhase[] =
    session.phase === "waiting_for_workspace" ? ["queued", "waiting_for_workspace", "starting", "connecting"] : USUAL;
  const at = phases.indexOf(session.phase);
  return phases.map((phase, index) => ({
    phase,
    label: PHASE_LABEL[phase],
    state: index < at ? "done" : index === at ? "now" : "ahead",
  }));
}
