/** The shapes of services: what shall run on the machine's engine, and what does. */
import type { components } from "./schema.gen";

type Shapes = components["schemas"];

export type Explanation = Shapes["ExplainOut"];
export type Verdict = Shapes["VerdictOut"];
export type PlannedStep = Shapes["StepOut"];
/** A secret without its value, which no answer holds. */
export type ServiceSecret = Shapes["SecretOut"];

/** A state is a document with rules of its own; only the server reads it. */
export type StateDocument = Record<string, unknown>;

export interface EngineFacts {
  version: string;
  /** `null` while no engine has answered. */
  dockerMode: "real" | "simulated" | null;
  engine: { kind: string; version: string; limits: { name: string; enforced: boolean }[] } | null;
}

/** What a target would take. */
export interface DryRun {
  steps: PlannedStep[];
  services: Verdict[];
}

export type SnapshotKind = "target" | "current" | "settings";

export interface SnapshotHead {
  id: number;
  type: SnapshotKind;
  createdAt: string;
}

export interface Difference {
  path: string;
  before: unknown;
  after: unknown;
}

export interface Snapshot extends SnapshotHead {
  state: StateDocument;
  /** There where another snapshot was named to compare with. */
  differences?: Difference[];
}

export interface ServiceLogLine {
  timestamp: string;
  level: "info" | "error";
  message: string;
  serviceName: string;
  appId: number;
}
