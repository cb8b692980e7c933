// Data of the fixture server: enough of everything to see every state of every page.
const NOW = Date.now();
const at = (secondsAgo) => new Date(NOW - secondsAgo * 1000).toISOString();

function app(id, name, category, description, more = {}) {
  return {
    id, name, description, category, url: "", icon: "", visibility: "public", launch_type: "container", os_type: "linux",
    container_image: "", container_port: 0, container_args: [], command: [id], env: [], network: "none", window_manager: true,
    resource_limits: { cpu_request: "", cpu_limit: "", memory_request: "", memory_limit: "" }, egress_policy: null,
    display: null, workspace: null, clipboard: { in: true, out: true }, recording_policy: "never", discoverable: false,
    run_as_root: false, idle_timeout: 0, tenant_id: "default", version: 1, created_at: at(864000), updated_at: at(86400),
    can_launch: true, unavailable: null, hints: [], ...more,
  };
}

const icon = (color, path) =>
  `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="${color}" stroke-width="2" stroke-linecap="round" stroke-linejoin="round">${path}</svg>`)}`;

export const apps = [
  app("terminal", "Terminal", "Development", "A shell on this server, in a home of your own.", {
    icon: icon("#1fa45a", '<path d="m4 17 6-6-6-6M12 19h8"/>'),
    command: ["xterm", "-fa", "Monospace", "-fs", "12"],
    workspace: { kind: "persistent", size: "", storage_class: "" },
    resource_limits: { cpu_request: "", cpu_limit: "2", memory_request: "", memory_limit: "1Gi" },
  }),
  app("editor", "Text Editor", "Development", "Plain text and code, with highlighting for what you write.", { command: ["mousepad"] }),
  app("database", "Database Browser", "Development", "Look into SQLite files and change them.", {
    unavailable: { code: "command_missing", message: "sqlitebrowser is not installed on this server" },
  }),
  app("gitea", "Gitea", "Development", "Repositories, reviews and releases of the whole team.", { launch_type: "url", url: "https://example.org/gitea" }),
  app("calculator", "Calculator", "Office", "Numbers large and small."),
  app("writer", "Writer", "Office", "Letters, reports and everything that ends on paper.", { visibility: "approved", can_launch: false }),
  app("files", "Files", "Office", "Browse, move and rename what is in your workspace.", { icon: "https://127.0.0.1:9/broken.png" }),
  app("wiki", "Company Wiki", "Links", "What everybody should know, written down once.", { launch_type: "url", url: "https://example.org/wiki" }),
  app("status", "Status Page", "Links", "Is it down, or is it me?", { launch_type: "url", url: "https://example.org/status" }),
  app("clock", "Clock", "Tools", "An X clock. The time is the server's."),
  app("erp", "Ledger", "Tools", "The accounting system, on Windows.", { os_type: "windows", visibility: "admin_only" }),
];

export const accounts = [
  { id: "u1", username: "admin", email: "ada@example.org", display_name: "Ada Lindqvist", roles: ["admin", "user"], disabled: false, created_at: at(9e6), last_sign_in_at: at(300) },
  { id: "u2", username: "bela", email: "bela@example.org", display_name: "Béla Horváth", roles: ["user"], disabled: false, created_at: at(8e6), last_sign_in_at: at(86400 * 2) },
  { id: "u3", username: "chioma", email: "chioma@example.org", display_name: "Chioma Eze", roles: ["user", "app-author"], disabled: false, created_at: at(5e6), last_sign_in_at: at(4000) },
  { id: "u4", username: "dmitri", email: "", display_name: "", roles: ["auditor"], disabled: true, created_at: at(2e6), last_sign_in_at: null },
];

let counter = 0;
export function session(app, more = {}) {
  counter += 1;
  const id = more.id ?? `0193${counter.toString(16).padStart(4, "0")}-5c1e-7d0a-9f00-${Math.floor(Math.random() * 2 ** 47).toString(16).padStart(12, "0")}`;
  return {
    id, user_id: "u1", username: "admin", app_id: app.id, app_name: app.name, app_icon: app.icon, pod_name: "", status: "creating", phase: "queued",
    phase_detail: "", phase_since: new Date().toISOString(), reason: null, output: null, idle_timeout: 7200, expires_at: new Date(Date.now() + 7.2e6).toISOString(),
    websocket_url: `/ws/sessions/${id}`, guacamole_url: "", proxy_url: "", is_shared: false, owner_username: "admin", share_permission: "", share_id: "",
    recording_policy: "never", clipboard: app.clipboard, screen_width: 1280, screen_height: 800, replaces: null, version: 1,
    created_at: new Date().toISOString(), updated_at: new Date().toISOString(), started_at: null, ended_at: null, can_control: true,
    capabilities: { resize: true }, ...more,
  };
}

const byId = (id) => apps.find((known) => known.id === id);
const ended = (id, status, ago, reason, more = {}) =>
  session(byId(id), { status, phase: "ended", created_at: at(ago + 5000), started_at: at(ago + 4990), ended_at: at(ago), reason, expires_at: null, ...more });

export const sessions = [
  ended("editor", "failed", 1800, { code: "app_exited", message: "The app ended with exit code 139.", remedy: "Start it again. If it happens again, show the lines below to an administrator." }, {
    id: "failed-one",
    output: ["mousepad: loading /home/user/notes.txt", "(mousepad:7): Gtk-WARNING **: cannot open theme", "Segmentation fault (core dumped)"],
  }),
  ended("terminal", "expired", 90000, { code: "idle_timeout", message: "It was not used for 2 hours.", remedy: null }, { id: "expired-one" }),
  ended("calculator", "stopped", 200000, { code: "stopped_by_user", message: "You stopped it.", remedy: null }),
  ended("clock", "failed", 260000, { code: "cancelled", message: "You cancelled the launch.", remedy: null }, { started_at: null }),
  ended("terminal", "failed", 400000, { code: "start_timeout", message: "The screen did not come up within 60 seconds.", remedy: "Try again in a minute." }, { started_at: null, username: "bela", user_id: "u2" }),
  session(byId("files"), { id: "stuck-one", status: "creating", phase: "waiting_for_workspace", phase_detail: "Your files are still held by the session that is ending.", created_at: at(26), phase_since: at(22), user_id: "u3", username: "chioma" }),
];

const ACTIONS = ["LOGIN", "CREATE_SESSION", "STOP_SESSION", "UPDATE_APP", "CREATE_APP", "LOGIN_FAILED"];
const WHO = ["admin", "bela", "chioma"];
export const audit = Array.from({ length: 137 }, (_, index) => ({
  id: `a${index}`,
  timestamp: at(index * 1733 + 40),
  user: WHO[index % 3],
  action: ACTIONS[index % ACTIONS.length],
  details: `app=${apps[index % apps.length].id} session=0193${index}`,
  actor_id: `u${(index % 3) + 1}`,
  on_behalf_of: index % 17 === 3 ? "bela" : null,
  source_ip: "127.0.0.1",
  request_id: `req-${index}`,
  outcome: ACTIONS[index % ACTIONS.length] === "LOGIN_FAILED" ? "refused" : "success",
}));

export function analytics(days) {
  const app_daily = [];
  days.forEach((date, day) => {
    apps.slice(0, 7).forEach((known, index) => {
      const count = Math.max(0, Math.round((7 - index) * (1.2 + Math.sin(day / 3 + index)) - (day % 7 > 4 ? 4 : 0)));
      if (count > 0) app_daily.push({ app_id: known.id, date, launch_count: count });
    });
  });
  const sum = (rows) => rows.reduce((total, row) => total + row.launch_count, 0);
  return {
    total_launches: sum(app_daily),
    app_stats: apps.slice(0, 7).map((known) => ({ app_id: known.id, app_name: known.name, launch_count: sum(app_daily.filter((row) => row.app_id === known.id)) })),
    daily: days.map((date) => ({ date, launch_count: sum(app_daily.filter((row) => row.date === date)) })),
    app_daily,
  };
}
