/** The identity provider of the tests, in its own process. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";

const FOLDER = join(import.meta.dirname, "../../sortie-e2e/provider");

/** What `server.mjs` there expects of its one client. */
export const CLIENT = { SORTIE_OIDC_CLIENT_ID: "sortie", SORTIE_OIDC_CLIENT_SECRET: "the client's secret, with a % and a :" };

/** Whether its packages are installed. */
export const isInstalled = existsSync(join(FOLDER, "node_modules/oidc-provider"));

/** A port that is free now. */
export async function reservePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}

/** Starts it for the Sortie at `site`; answers the way to stop it. */
export async function startProvider(port, site) {
  const env = { ...process.env, PORT: String(port), REDIRECT: `${site}/api/auth/oidc/callback`, LOGOUT: `${site}/api/auth/oidc/backchannel-logout` };
  const child = spawn("node", ["server.mjs"], { cwd: FOLDER, env, stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((done, fail) => {
    child.stdout.on("data", (said) => String(said).includes("listening as") && done());
    child.on("exit", () => fail(new Error("the identity provider ended")));
  });
  return () => child.kill();
}
