import type { Session, SessionPhase } from "@/api/wire";
import { PHASE_LABEL } from "@/lib/labels";

/** The server is done when the app answers; what is left is this browser's. */
type LaunchPhase = SessionPhase | "connecting";

export interface LaunchStep {
  phase: LaunchPhase;
  label: string;
  state: "done" | "now" | "ahead";
}

const USUAL: readonly LaunchPhase[] = ["queued", "starting", "connecting"];

/** The story of a launch. Waiting for the workspace is told only when it happens. */
export function launchSteps(session: Pick<Session, "phase">): LaunchStep[] {
  const phases: readonly LaunchPhase[] =
    session.phase === "waiting_for_workspace" ? ["queued", "waiting_for_workspace", "starting", "connecting"] : USUAL;
  const at = phases.indexOf(session.phase);
  return phases.map((phase, index) => ({
    phase,
    label: PHASE_LABEL[phase],
    state: index < at ? "done" : index === at ? "now" : "ahead",
  }));
}
