/** A real server on a folder and a port of its own, and what `/proc` and the disk say about its sessions. */
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

export const ADMIN = { username: "admin", password: "correct-horse-battery-staple" };

/** The terminal's background and its text: red, green, blue. */
export const PAPER = [32, 64, 96];
export const INK = [240, 224, 128];

const PATIENCE_MS = 30_000;

/** Asks until there is an answer; fails with the story when it takes too long. */
export async function waitFor(what, ask, limit = PATIENCE_MS) {
  const begun = Date.now();
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() - begun > limit) throw new Error(`waited ${limit} ms in vain for: ${what}`);
    await pause(50);
  }
}

function hex(colour) {
  return `#${colour.map((it) => it.toString(16).padStart(2, "0")).join("")}`;
}

function catalog(tag, extra) {
  const app = (id, name, more) => ({ id, name, category: "Tools", launch_type: "container", description: `${name} on this server.`, ...more });
  return {
    applications: [
      app("terminal", "Terminal", { command: ["xterm", "-T", tag, "-bg", hex(PAPER), "-fg", hex(INK)] }),
      app("clock", "Clock", { command: ["xclock", "-title", tag] }),
      app("absent", "Drafting Table", { command: ["no-such-program-anywhere"] }),
      { id: "wiki", name: "Wiki", category: "Links", launch_type: "url", url: "https://example.org/", description: "What everybody knows." },
      ...extra.map(({ id, name, ...more }) => app(id, name, { command: ["xclock", "-title", tag], ...more })),
    ],
  };
}

/** Starts `SORTIE_BIN`, or the binary that `cargo build` made, with more apps and other settings where a flow needs them. */
export async function startServer({ apps = [], env = {} } = {}) {
  const binary = resolve(process.env.SORTIE_BIN ?? join(import.meta.dirname, "../../target/debug/sortie"));
  if (!existsSync(binary)) throw new Error(`${binary} is missing: run \`cargo build -p sortie-server\`, or set SORTIE_BIN`);
  const folder = mkdtempSync(join(tmpdir(), "w-"));
  const tag = `browser-${basename(folder)}`;
  writeFileSync(join(folder, "seed.json"), JSON.stringify(catalog(tag, apps)));
  const log = join(folder, "server.log");
  const output = openSync(log, "w");
  const child = spawn(binary, [], {
    cwd: folder,
    stdio: ["ignore", output, output],
    env: {
      PATH: process.env.PATH,
      SORTIE_BIND: "127.0.0.1",
      SORTIE_PORT: "0",
      SORTIE_DB: join(folder, "d", "sortie.db"),
      SORTIE_DATA_DIR: join(folder, "d"),
      SORTIE_SEED: join(folder, "seed.json"),
      SORTIE_ADMIN_PASSWORD: ADMIN.password,
      ...env,
    },
  });
  const lines = () => readFileSync(log, "utf8").split("\n").filter(Boolean);
  const address = await waitFor("the server to listen", () => {
    if (child.exitCode !== null) throw new Error(`the server ended:\n${lines().slice(-20).join("\n")}`);
    return lines().map(parsed).findLast((it) => it?.message === "Listening")?.address;
  });
  return new Server({ child, folder, tag, lines, url: `http://127.0.0.1:${address.split(":").at(-1)}` });
}

function parsed(line) {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

class Server {
  #token = null;

  constructor({ child, folder, tag, lines, url }) {
    Object.assign(this, { child, folder, tag, lines, url });
  }

  /** Asks the API as a program of the administrator's. */
  async api(path, method = "GET", body = undefined) {
    this.#token ??= await this.#signIn();
    const headers = { authorization: `Bearer ${this.#token}`, ...(body && { "content-type": "application/json" }) };
    return fetch(this.url + path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
  }

  /** Makes an account, and answers it with its password. */
  async account(username, more = {}) {
    const password = `${username.split("").reverse().join("")}-may-come-in`;
    const answer = await this.api("/api/admin/users", "POST", { username, password, ...more });
    if (!answer.ok) throw new Error(`no account ${username}: ${await answer.text()}`);
    return { ...(await answer.json()), password };
  }

  async #signIn() {
    const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(ADMIN) };
    const answer = await fetch(`${this.url}/api/auth/login`, init);
    return (await answer.json()).access_token;
  }

  async session(id) {
    return (await this.api(`/api/sessions/${id}`)).json();
  }

  /** The folder with a session's files. */
  home(id) {
    return JSON.parse(readFileSync(join(this.folder, "d", "workloads", id, "spec.json"), "utf8")).home;
  }

  /** The pids of the apps that run. */
  apps() {
    return readdirSync("/proc").filter((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
        return /^(?:.*\/)?(?:xterm|xclock)$/.test(words[0]) && words.includes(this.tag);
      } catch {
        return false;
      }
    });
  }

  /** Ends every session and waits until nothing of any is left. */
  async endSessions() {
    for (const { id } of await (await this.api("/api/admin/sessions?status=creating,running")).json()) {
      await this.api(`/api/sessions/${id}`, "DELETE");
    }
    await waitFor("every session to be gone", async () => (await (await this.api("/api/quotas")).json()).global_sessions === 0);
  }

  /** Ends everything and removes the folder. */
  async stop() {
    try {
      await this.endSessions();
    } finally {
      this.child.kill("SIGTERM");
      await waitFor("the server to end", () => this.child.exitCode !== null || this.child.signalCode !== null).catch(() => this.child.kill("SIGKILL"));
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}
