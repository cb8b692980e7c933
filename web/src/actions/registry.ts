/** What an action may use. The shell fills it in; menu, palette and keyboard share it. */
export interface ActionContext {
  isAdmin: boolean;
  isManager: boolean;
  mayAudit: boolean;
  mayAuthor: boolean;
  mayDecide: boolean;
  mayEditSome: boolean;
  go: (path: string) => void;
  setTheme: (theme: "light" | "dark" | null) => void;
  signOut: () => void;
}

export interface Action {
  id: string;
  label: string;
  group: "Go to" | "Administration" | "Appearance" | "Account";
  keywords: string;
  enabled?: (context: ActionContext) => boolean;
  perform: (context: ActionContext) => void;
}

const admin = (context: ActionContext) => context.isAdmin;
const manager = (context: ActionContext) => context.isManager;
const audit = (context: ActionContext) => context.mayAudit;
const author = (context: ActionContext) => context.mayAuthor;
const editor = (context: ActionContext) => context.mayEditSome;
const decider = (context: ActionContext) => context.mayDecide;

function go(id: string, label: string, path: string, keywords = "", enabled?: Action["enabled"]): Action {
  return {
    id,
    label,
    keywords,
    group: path.startsWith("/admin") ? "Administration" : "Go to",
    perform: (context) => context.go(path),
    ...(enabled ? { enabled } : {}),
  };
}

export const ACTIONS: readonly Action[] = [
  go("catalog", "Catalog", "/", "home apps start"),
  go("sessions", "My sessions", "/sessions", "running ended desktops"),
  go("settings", "Settings", "/settings", "theme profile preferences"),
  go("security", "Security", "/settings/security", "password second factor tokens sign-ins devices authenticator"),
  go("requests", "My requests", "/requests", "asked access apps waiting"),
  go("help", "Help and shortcuts", "/help", "keyboard keys documentation"),
  go("admin.overview", "Overview", "/admin", "capacity health", admin),
  go("admin.apps", "Manage apps", "/admin/apps", "catalog edit", editor),
  go("admin.apps.new", "Add an app", "/admin/apps/new", "create new", author),
  go("admin.categories", "Categories", "/admin/categories", "approved people administrators groups", editor),
  go("admin.requests", "Access requests", "/admin/requests", "grant refuse approve inbox", decider),
  go("admin.users", "Users", "/admin/users", "accounts people roles", admin),
  go("admin.sessions", "Everybody's sessions", "/admin/sessions", "stop running", manager),
  go("admin.audit", "Audit log", "/admin/audit", "who did what export history", audit),
  go("admin.analytics", "Analytics", "/admin/analytics", "launches usage chart", audit),
  go("admin.access", "Why may somebody (not)?", "/admin/access", "explain access rule permission decides denied", decider),
  go("admin.tenants", "Tenants", "/admin/tenants", "organisations members quotas branding", manager),
  go("admin.settings", "Server settings", "/admin/settings", "configuration", admin),
  {
    id: "theme.light",
    label: "Light theme",
    group: "Appearance",
    keywords: "appearance color bright day",
    perform: (context) => context.setTheme("light"),
  },
  {
    id: "theme.dark",
    label: "Dark theme",
    group: "Appearance",
    keywords: "appearance color night",
    perform: (context) => context.setTheme("dark"),
  },
  {
    id: "theme.system",
    label: "Follow the system's theme",
    group: "Appearance",
    keywords: "appearance color auto",
    perform: (context) => context.setTheme(null),
  },
  {
    id: "sign-out",
    label: "Sign out",
    group: "Account",
    keywords: "log off leave exit",
    perform: (context) => context.signOut(),
  },
];

/** The actions that make sense for this person, in the order of the table. */
export function enabledActions(context: ActionContext): Action[] {
  return ACTIONS.filter((action) => action.enabled?.(context) ?? true);
}
