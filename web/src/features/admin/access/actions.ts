import type { ObjectKind } from "@/api/access";

export interface Askable {
  action: string;
  label: string;
}

/** What can be asked, by what it is about; the words are ours, the names the server's. */
export const ASKABLE = {
  app_id: [
    { action: "launch_app", label: "launch it" },
    { action: "view_app", label: "see it" },
    { action: "request_app", label: "ask for access to it" },
    { action: "update_app", label: "change how it is shown, and to whom" },
    { action: "configure_app", label: "change what runs in it" },
    { action: "elevate_app", label: "let it run as root" },
    { action: "delete_app", label: "delete it" },
  ],
  category_id: [
    { action: "view_category", label: "see it" },
    { action: "create_app", label: "add apps to it" },
    { action: "update_category", label: "change it and its people" },
    { action: "delete_category", label: "delete it" },
  ],
  session_id: [
    { action: "use_session", label: "see its screen" },
    { action: "view_session", label: "see that it is there" },
    { action: "stop_session", label: "stop it" },
    { action: "share_session", label: "share it" },
    { action: "observe_session", label: "observe it" },
  ],
  tenant_id: [
    { action: "create_app", label: "add apps" },
    { action: "create_category", label: "make categories" },
    { action: "list_all_sessions", label: "see everybody’s sessions" },
    { action: "read_audit", label: "read the audit log" },
    { action: "read_analytics", label: "read the analytics" },
    { action: "manage_users", label: "manage accounts" },
    { action: "manage_settings", label: "change settings" },
  ],
} as const satisfies Record<ObjectKind, readonly [Askable, ...Askable[]]>;

export const KINDS = [
  { value: "app_id", label: "App" },
  { value: "category_id", label: "Category" },
  { value: "session_id", label: "Session" },
  { value: "tenant_id", label: "Tenant" },
] as const satisfies readonly { value: ObjectKind; label: string }[];

export function kindOf(text: string): ObjectKind {
  return KINDS.find(({ value }) => value === text)?.value ?? "app_id";
}

/** The action of the address, where it fits the kind; otherwise the kind's first. */
export function actionOf(kind: ObjectKind, text: string): Askable {
  const askable: readonly Askable[] = ASKABLE[kind];
  return askable.find(({ action }) => action === text) ?? ASKABLE[kind][0];
}
