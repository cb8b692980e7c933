/**
 * The shapes that the server speaks. Field names are the wire's own (snake_case); nothing here
 * has behaviour. Times are RFC 3339 in UTC.
 */

export type Role = "admin" | "tenant-admin" | "app-author" | "auditor" | "user";

export interface User {
  id: string;
  username: string;
  email: string;
  name: string;
  roles: Role[];
  groups: string[];
  /** Ids of the categories that this person manages. */
  admin_categories: string[];
  tenant_id: string;
  last_sign_in_at: string | null;
}

export interface RuntimeProblem {
  code: string;
  message: string;
}

export interface RuntimeStatus {
  kind: string;
  ready: boolean;
  problems: RuntimeProblem[];
  limits: { name: string; enforced: boolean }[];
}

export interface ServerConfig {
  tenant_name: string;
  logo_url: string;
  primary_color: string;
  secondary_color: string;
  allow_registration: boolean;
  sso_enabled: boolean;
  /** What the button of single sign-on says. */
  sso_name?: string;
  version: string;
  sign_in: { allowed: boolean; remedy: string | null };
  /** Null for anonymous callers. */
  runtime: RuntimeStatus | null;
}

export type Theme = "light" | "dark";

export interface Preferences {
  theme: Theme | null;
  collapsed_categories: string[];
  favorites: string[];
  /** Null until something was stored for this person. */
  updated_at: string | null;
}

export type Visibility = "public" | "approved" | "admin_only";
export type LaunchType = "url" | "container" | "web_proxy";
export type OsType = "linux" | "windows";
export type RecordingPolicy = "never" | "on_request" | "always";

export interface EgressRule {
  cidr: string;
  port: number;
  protocol: string;
}

export interface EgressPolicy {
  mode: string;
  rules: EgressRule[];
}

/** What a person may write about an app. */
export interface AppSpec {
  id: string;
  name: string;
  description: string;
  url: string;
  icon: string;
  category: string;
  visibility: Visibility;
  launch_type: LaunchType;
  os_type: OsType;
  container_image: string;
  container_port: number;
  container_args: string[];
  command: string[];
  env: { name: string; value: string }[];
  network: "none" | "host" | "";
  window_manager: boolean;
  resource_limits: {
    cpu_request: string;
    cpu_limit: string;
    memory_request: string;
    memory_limit: string;
  };
  egress_policy: EgressPolicy | null;
  display: { protocol: "vnc" | "websocket"; port: number; path: string } | null;
  workspace: { kind: "ephemeral" | "persistent"; size: string; storage_class: string } | null;
  clipboard: { in: boolean; out: boolean };
  recording_policy: RecordingPolicy;
  discoverable: boolean;
  run_as_root: boolean;
  /** Seconds without input; 0 is the server's own limit. */
  idle_timeout: number;
}

export interface App extends AppSpec {
  tenant_id: string;
  version: number;
  created_at: string;
  updated_at: string;
  can_launch: boolean;
  unavailable: { code: string; message: string } | null;
  hints: string[];
  /** Read only; `category` is its name. */
  category_id: string | null;
  /** Whether one may ask for access. */
  request_access: boolean;
  /** The newest request for access of one's own. */
  access_request: { id: string; status: "pending" | "granted" | "refused" | "withdrawn" } | null;
}

export type SessionStatus = "creating" | "running" | "stopped" | "expired" | "failed";
export type SessionPhase =
  | "queued"
  | "starting"
  | "waiting_for_workspace"
  | "connecting"
  | "ready"
  | "ended";

export interface SessionReason {
  code: string;
  message: string;
  remedy: string | null;
}

export interface Session {
  id: string;
  user_id: string;
  username: string;
  app_id: string;
  app_name: string;
  app_icon: string;
  status: SessionStatus;
  phase: SessionPhase;
  phase_detail: string;
  phase_since: string;
  reason: SessionReason | null;
  /** Last lines that the app wrote before it died. */
  output: string[] | null;
  /** Seconds without input. */
  idle_timeout: number;
  expires_at: string | null;
  websocket_url: string;
  clipboard: { in: boolean; out: boolean };
  screen_width: number;
  screen_height: number;
  replaces: string | null;
  version: number;
  created_at: string;
  updated_at: string;
  started_at: string | null;
  ended_at: string | null;
  can_control: boolean;
  capabilities: { resize: boolean };
  /** Whether it is somebody else's, which one was let into. */
  is_shared: boolean;
  owner_username: string;
  /** Empty for the own session. */
  share_permission: "read_only" | "read_write" | "observe" | "";
  share_id: string;
  /** How many others are connected. */
  viewers: number;
  /** Who has keyboard and mouse; null is the owner. */
  control: { viewer_id: string | null };
  /** Whether an administrator may be looking. */
  observed: boolean;
}

/** Data of `event: session` on the event stream. */
export interface SessionEvent {
  type: string;
  session_id: string;
  app_id: string;
  status: SessionStatus;
  phase: SessionPhase;
  reason: SessionReason | null;
  version: number;
  at: string;
}

export interface AuditEntry {
  id: string;
  timestamp: string;
  user: string;
  action: string;
  details: string;
  actor_id: string | null;
  on_behalf_of: string | null;
  source_ip: string | null;
  request_id: string | null;
  outcome: string;
}

export interface AuditPage {
  logs: AuditEntry[];
  total: number;
}

export interface Analytics {
  total_launches: number;
  app_stats: { app_id: string; app_name: string; launch_count: number }[];
  daily: { date: string; launch_count: number }[];
  app_daily: { app_id: string; date: string; launch_count: number }[];
}

export interface Quotas {
  user_sessions: number;
  max_sessions_per_user: number;
  global_sessions: number;
  max_global_sessions: number;
  default_cpu_request: string;
  default_cpu_limit: string;
  default_mem_request: string;
  default_mem_limit: string;
}

export interface Account {
  id: string;
  username: string;
  email: string;
  display_name: string;
  roles: Role[];
  disabled: boolean;
  auth_provider?: "local" | "oidc";
  /** Whether a second factor is asked for. */
  second_factor?: boolean;
  created_at: string;
  last_sign_in_at: string | null;
}

export type Settings = Record<string, string>;
