// Answers the web app's API from memory, for developing and looking at pages without a server.
// Test-only: never part of the bundle. Usage: node dev/fixture-server.mjs [port], then open it and
// sign in as admin / admin (or user / user for somebody without rights).
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import net from "node:net";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import * as data from "./fixture-data.mjs";
import { displaySocket, startDisplay, stopAll, stopDisplay } from "./fixture-display.mjs";

const port = Number(process.argv[2] ?? process.env.PORT ?? 8080);
const dist = fileURLToPath(new URL("../dist/", import.meta.url));
const CSP =
  "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob: https:; connect-src 'self'; font-src 'self'; frame-ancestors 'none'; base-uri 'none'; object-src 'none'";
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".woff2": "font/woff2", ".svg": "image/svg+xml" };
const branding = process.env.FIXTURE_BRAND === "1" ? { tenant_name: "Acme Corp", logo_url: "", primary_color: "#398D9B", secondary_color: "#4AB7C3" } : { tenant_name: "Sortie", logo_url: "", primary_color: "#1F2A3C", secondary_color: "#2B3445" };

const state = { preferences: { theme: null, collapsed_categories: [], favorites: ["terminal"], updated_at: new Date().toISOString() }, settings: { allow_registration: "false" } };
const listeners = new Set();
let eventId = 0;
const streams = new Map();

const me = (name) =>
  name === "admin"
    ? { id: "u1", username: "admin", email: "ada@example.org", name: "Ada Lindqvist", roles: ["admin", "user"], groups: [], metadata: {}, admin_categories: [], tenant_id: "default", last_sign_in_at: new Date(Date.now() - 3e5).toISOString() }
    : { id: "u9", username: name, email: "", name: "", roles: ["user"], groups: [], metadata: {}, admin_categories: [], tenant_id: "default", last_sign_in_at: null };

function emit(event, body) {
  eventId += 1;
  listeners.forEach((response) => response.write(`id: ${eventId}\nevent: ${event}\ndata: ${JSON.stringify(body)}\n\n`));
}

function change(session, patch, type) {
  Object.assign(session, patch, { version: session.version + 1, updated_at: new Date().toISOString() });
  if (patch.phase) session.phase_since = session.updated_at;
  const { id, app_id, status, phase, reason, version, updated_at } = session;
  emit("session", { type, session_id: id, app_id, status, phase, reason, version, at: updated_at });
}

async function launch(session, delay) {
  const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
  await pause(delay);
  if (session.status !== "creating") return;
  change(session, { phase: "starting" }, "session.phase");
  try {
    await startDisplay(session.id, session.screen_width, session.screen_height);
  } catch {
    change(session, { status: "failed", phase: "ended", ended_at: new Date().toISOString(), reason: { code: "start_refused", message: "No display could be started on this machine.", remedy: null } }, "session.failed");
    return;
  }
  await pause(delay);
  if (session.status !== "creating") return stopDisplay(session.id);
  change(session, { phase: "connecting" }, "session.phase");
  await pause(delay / 2);
  change(session, { status: "running", phase: "ready", started_at: new Date().toISOString() }, "session.ready");
}

function end(session, by) {
  const cancelled = session.status === "creating";
  const reason = cancelled ? { code: "cancelled", message: "You cancelled the launch.", remedy: null } : { code: by, message: "You stopped it.", remedy: null };
  change(session, { status: cancelled ? "failed" : "stopped", phase: "ended", ended_at: new Date().toISOString(), expires_at: null, reason }, cancelled ? "session.failed" : "session.stopped");
  streams.get(session.id)?.forEach((socket) => socket.close(1000, "stopped"));
  stopDisplay(session.id);
}

class Refusal extends Error {
  constructor(status, code, title, more = {}) {
    super(title);
    Object.assign(this, { status, code, more });
  }
}

const need = (value) => {
  if (!value) throw new Refusal(404, "not_found", "There is no such thing");
  return value;
};

function daysBetween(from, to) {
  const days = [];
  for (let day = new Date(`${from}T12:00:00Z`); day <= new Date(`${to}T13:00:00Z`); day.setDate(day.getDate() + 1)) days.push(day.toISOString().slice(0, 10));
  return days;
}

function checkApp(body) {
  const errors = [];
  if (body.category === "bad") errors.push({ field: "category", rule: "A category needs another name" });
  if (errors.length > 0) throw new Refusal(422, "invalid_app", "The app cannot be saved like this", { errors });
}

const routes = [
  ["GET", /^\/healthz$/, () => ({ status: "ok" })],
  ["GET", /^\/api\/config$/, ({ user }) => ({ ...branding, allow_registration: false, sign_in_notice: "", sso_enabled: false, version: "0.1.0", sign_in: { allowed: true, remedy: null }, runtime: user && { kind: "local", ready: true, problems: [], limits: [{ name: "memory", enforced: true }, { name: "cpu", enforced: true }, { name: "pids", enforced: false }] } })],
  ["POST", /^\/api\/auth\/login$/, ({ body, response }) => {
    if (body.username === "slow") throw new Refusal(429, "too_many_attempts", "Too many tries", { retryAfter: 42 });
    if (body.username !== body.password) throw new Refusal(401, "invalid_credentials", "User name or password is wrong");
    response.setHeader("set-cookie", `fixture=${body.username}; HttpOnly; SameSite=Strict; Path=/`);
    return { user: me(body.username) };
  }],
  ["POST", /^\/api\/auth\/logout$/, ({ response }) => void response.setHeader("set-cookie", "fixture=; Max-Age=0; Path=/")],
  ["GET", /^\/api\/auth\/me$/, ({ user }) => user],
  ["POST", /^\/api\/auth\/password$/, ({ body }) => {
    if (body.new_password.length < 8) throw new Refusal(422, "invalid_password", "This password cannot be used", { errors: [{ field: "new_password", rule: "At least 8 characters" }] });
  }],
  ["GET", /^\/api\/me\/preferences$/, () => state.preferences],
  ["PUT", /^\/api\/me\/preferences$/, ({ body }) => (state.preferences = { ...body, updated_at: new Date().toISOString() })],
  ["GET", /^\/api\/apps$/, () => (process.env.FIXTURE_EMPTY === "1" ? [] : data.apps)],
  ["POST", /^\/api\/apps$/, ({ body }) => {
    checkApp(body);
    const app = { ...body, tenant_id: "default", version: 1, created_at: new Date().toISOString(), updated_at: new Date().toISOString(), can_launch: true, unavailable: null, hints: [] };
    data.apps.push(app);
    emit("apps", { type: "app.created", app_id: app.id });
    return app;
  }],
  ["GET", /^\/api\/apps\/([^/]+)$/, ({ id }) => need(data.apps.find((app) => app.id === id))],
  ["PUT", /^\/api\/apps\/([^/]+)$/, ({ id, body }) => {
    checkApp(body);
    const app = need(data.apps.find((known) => known.id === id));
    Object.assign(app, body, { version: app.version + 1, updated_at: new Date().toISOString() });
    emit("apps", { type: "app.updated", app_id: app.id });
    return app;
  }],
  ["DELETE", /^\/api\/apps\/([^/]+)$/, ({ id }) => void data.apps.splice(data.apps.indexOf(need(data.apps.find((app) => app.id === id))), 1)],
  ["POST", /^\/api\/analytics\/launch$/, ({ body }) => ({ url: need(data.apps.find((app) => app.id === body.app_id)).url })],
  ["GET", /^\/api\/sessions$/, ({ user, query }) => listed(query, (session) => session.user_id === user.id)],
  ["GET", /^\/api\/admin\/sessions$/, ({ query }) => listed(query, () => true)],
  ["POST", /^\/api\/sessions$/, ({ body, user }) => {
    const app = need(data.apps.find((known) => known.id === body.app_id));
    if (app.id === "calculator") throw new Refusal(429, "quota_exceeded", "You run 5 of 5 sessions. Stop one to start another.", { retryAfter: 30 });
    if (app.id === "clock") throw new Refusal(422, "runtime_unavailable", "Desktop apps cannot start on this server: Xvnc is not installed.");
    const created = data.session(app, { user_id: user.id, username: user.username, screen_width: body.screen_width ?? 1280, screen_height: body.screen_height ?? 800 });
    data.sessions.unshift(created);
    change(created, {}, "session.created");
    void launch(created, Number(process.env.FIXTURE_LAUNCH_MS ?? 600));
    return created;
  }],
  ["GET", /^\/api\/sessions\/([^/]+)$/, ({ id }) => need(data.sessions.find((session) => session.id === id))],
  ["POST", /^\/api\/sessions\/([^/]+)\/stop$/, ({ id }) => {
    const session = need(data.sessions.find((known) => known.id === id));
    if (session.status !== "creating" && session.status !== "running") throw new Refusal(409, "already_ended", "This session has already ended");
    end(session, "stopped_by_user");
    return session;
  }],
  ["POST", /^\/api\/sessions\/([^/]+)\/restart$/, ({ id }) => {
    const old = need(data.sessions.find((known) => known.id === id));
    const created = data.session(data.apps.find((app) => app.id === old.app_id), { replaces: old.id });
    data.sessions.unshift(created);
    void launch(created, 600);
    return created;
  }],
  ["GET", /^\/api\/audit$/, ({ query }) => {
    const rows = data.audit.filter((row) => (!query.get("user") || row.user === query.get("user")) && (!query.get("action") || row.action === query.get("action")));
    const offset = Number(query.get("offset") ?? 0);
    return { logs: rows.slice(offset, offset + Number(query.get("limit") ?? 100)), total: rows.length };
  }],
  ["GET", /^\/api\/audit\/filters$/, () => ({ actions: [...new Set(data.audit.map((row) => row.action))], users: ["admin", "bela", "chioma"] })],
  ["GET", /^\/api\/analytics$/, ({ query }) => data.analytics(daysBetween(query.get("from"), query.get("to")))],
  ["GET", /^\/api\/quotas$/, () => ({ user_sessions: 1, max_sessions_per_user: 5, global_sessions: 12, max_global_sessions: 100, default_cpu_request: "500m", default_cpu_limit: "2", default_mem_request: "512Mi", default_mem_limit: "2Gi" })],
  ["GET", /^\/api\/admin\/users$/, () => data.accounts],
  ["POST", /^\/api\/admin\/users$/, ({ body }) => {
    if (data.accounts.some((account) => account.username === body.username)) throw new Refusal(422, "invalid_user", "The user cannot be saved like this", { errors: [{ field: "username", rule: "Somebody has this name already" }] });
    const account = { ...body, id: `u${data.accounts.length + 1}`, created_at: new Date().toISOString(), last_sign_in_at: null };
    data.accounts.push(account);
    return account;
  }],
  ["GET", /^\/api\/admin\/users\/([^/]+)$/, ({ id }) => need(data.accounts.find((account) => account.id === id))],
  ["PUT", /^\/api\/admin\/users\/([^/]+)$/, ({ id, body }) => Object.assign(need(data.accounts.find((account) => account.id === id)), body)],
  ["GET", /^\/api\/admin\/settings$/, () => state.settings],
  ["PUT", /^\/api\/admin\/settings$/, ({ body }) => (state.settings = body)],
];

function listed(query, mine) {
  const statuses = (query.get("status") ?? "").split(",").filter(Boolean);
  return data.sessions.filter((session) => mine(session) && (statuses.length === 0 || statuses.includes(session.status)));
}

function userOf(request) {
  const name = /fixture=(\w+)/.exec(request.headers.cookie ?? "")?.[1];
  return name ? me(name) : null;
}

async function readBody(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : {};
}

function serveFile(response, pathname) {
  const path = join(dist, normalize(pathname));
  const isFile = path.startsWith(dist) && existsSync(path) && statSync(path).isFile();
  const file = isFile ? path : join(dist, "index.html");
  response.setHeader("content-security-policy", CSP);
  response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
  response.setHeader("cache-control", pathname.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  const packed = existsSync(`${file}.gz`);
  if (packed) response.setHeader("content-encoding", "gzip");
  createReadStream(packed ? `${file}.gz` : file).pipe(response);
}

function openEvents(request, response) {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write(`id: ${eventId}\nevent: connected\ndata: {}\n\n`);
  listeners.add(response);
  request.on("close", () => listeners.delete(response));
}

const PUBLIC = /^\/(?:healthz|api\/config|api\/auth\/login)$/;

const server = createServer(async (request, response) => {
  const { pathname, searchParams: query } = new URL(request.url, "http://fixture");
  if (!pathname.startsWith("/api/") && pathname !== "/healthz") return serveFile(response, pathname);
  const user = userOf(request);
  const request_id = `fx-${Math.random().toString(36).slice(2, 12)}`;
  response.setHeader("x-request-id", request_id);
  try {
    if (!user && !PUBLIC.test(pathname)) throw new Refusal(401, "not_signed_in", "Sign in first");
    if (pathname === "/api/sessions/events") return openEvents(request, response);
    const route = need(routes.find(([method, pattern]) => method === request.method && pattern.test(pathname)));
    const id = decodeURIComponent(route[1].exec(pathname)[1] ?? "");
    const answer = await route[2]({ id, query, user, response, body: await readBody(request) });
    if (answer === undefined) return response.writeHead(204).end();
    const isCreated = request.method === "POST" && /^\/api\/(?:sessions|apps|admin\/users)/.test(pathname) && !pathname.endsWith("/stop");
    response.writeHead(isCreated ? 201 : 200, { "content-type": "application/json" }).end(JSON.stringify(answer));
  } catch (cause) {
    const status = cause.status ?? 500;
    if (cause.more?.retryAfter) response.setHeader("retry-after", cause.more.retryAfter);
    response.writeHead(status, { "content-type": "application/problem+json" });
    response.end(JSON.stringify({ type: "about:blank", title: cause.message, status, detail: cause.message, code: cause.code ?? "internal", request_id, errors: cause.more?.errors }));
  }
});

const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => "binary" });
server.on("upgrade", (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (stream) => {
    const id = /^\/ws\/sessions\/([^/?]+)/.exec(request.url)?.[1];
    const session = data.sessions.find((known) => known.id === id);
    const path = displaySocket(id);
    if (!session) return stream.close(4404, "no such session");
    if (session.status !== "running" || !path) return stream.close(4409, "not ready");
    if (!streams.has(id)) streams.set(id, new Set());
    streams.get(id).add(stream);
    const upstream = net.connect(path);
    upstream.on("data", (bytes) => stream.send(bytes));
    upstream.on("close", () => stream.close(1001, "the app ended"));
    upstream.on("error", () => stream.close(1011, "display failed"));
    stream.on("message", (bytes) => upstream.write(bytes));
    stream.on("close", () => {
      streams.get(id).delete(stream);
      upstream.destroy();
    });
  });
});

// For looking at the reconnect: `kill -USR2 PID` cuts every stream as a network failure would.
process.on("SIGUSR2", () => streams.forEach((set) => set.forEach((stream) => stream.terminate())));
process.on("exit", stopAll);
["SIGINT", "SIGTERM"].forEach((signal) => process.on(signal, () => process.exit(0)));
server.listen(port, "127.0.0.1", () => console.log(`Fixture server on http://127.0.0.1:${server.address().port}`));
