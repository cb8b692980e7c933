/**
 * The shapes that the server speaks, under the names that the app uses. They are the server's own:
 * `schema.gen.ts` is made from its description. Times are RFC 3339 in UTC.
 */
import type { components } from "./schema.gen";

type Shapes = components["schemas"];

/** What may be left out when it is sent is always there when it was read. */
type Filled<T> = T extends readonly (infer Item)[]
  ? Filled<Item>[]
  : T extends object
    ? { [Key in keyof T]-?: Filled<Exclude<T[Key], undefined>> }
    : T;

export type Role = Shapes["RoleName"];
export type User = Shapes["User"];
export type RuntimeStatus = Shapes["RuntimeOut"];
export type RuntimeProblem = Shapes["CodeAndMessage"];
export type ServerConfig = Shapes["ConfigOut"];
export type Theme = Shapes["ThemeName"];
export type Preferences = Filled<Shapes["PreferencesBody"]>;

export type Visibility = Shapes["VisibilityName"];
export type LaunchType = Shapes["LaunchTypeName"];
export type OsType = Shapes["OsTypeName"];
export type RecordingPolicy = Shapes["RecordingPolicyName"];
export type WorkspaceKind = Shapes["WorkspaceKindName"];
export type EgressRule = Filled<Shapes["EgressRuleBody"]>;
export type EgressPolicy = Filled<Shapes["EgressPolicyBody"]>;
export type App = Filled<Shapes["AppOut"]>;
/** What people see of a public app before they are signed in. */
export type PublicApp = Filled<Shapes["PublicApp"]>;

/** What a person may write about an app: all of it that the server does not make itself. */
export type AppSpec = Pick<App, keyof App & keyof Shapes["AppBody"]>;

export type SessionStatus = Shapes["SessionStatusName"];
export type SessionPhase = Shapes["SessionPhaseName"];
export type SessionReason = Shapes["ReasonOut"];
export type Session = Shapes["SessionOut"];

/** Data of `event: session` on the event stream. */
export type SessionEvent = Shapes["SessionEventOut"];

export type AuditEntry = Shapes["AuditOut"];
export type AuditPage = Shapes["AuditPage"];
export type Analytics = Shapes["AnalyticsOut"];
export type Quotas = Shapes["QuotasOut"];
export type Account = Shapes["Account"];
export type Settings = Record<string, string>;
