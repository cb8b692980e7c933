// A real X display behind each session of the fixture server, so that the viewer meets real RFB.
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folder = mkdtempSync(join(tmpdir(), "sortie-fixture-"));
const displays = new Map();
let nextNumber = 60 + (process.pid % 100);

/** Starts Xvnc, a window manager and a terminal; answers the path of the RFB socket. */
export async function startDisplay(id, width, height) {
  const number = nextNumber++;
  const socket = join(folder, `${number}.rfb`);
  const options = ["-SecurityTypes", "None", "-rfbunixpath", socket, "-rfbport", "-1", "-AlwaysShared", "-geometry", `${width}x${height}`, "-depth", "24", "-nolisten", "tcp"];
  const env = { ...process.env, DISPLAY: `:${number}` };
  const run = (command, args) => spawn(command, args, { env, stdio: "ignore" }).on("error", () => undefined);
  const children = [run("Xvnc", [`:${number}`, ...options])];
  await reachable(socket);
  children.push(run("openbox", []), run("xterm", ["-fa", "Monospace", "-fs", "12", "-geometry", "100x30+60+60"]), run("xclock", ["-geometry", "180x180-40+60"]));
  displays.set(id, { socket, children });
  return socket;
}

function reachable(socket) {
  const deadline = Date.now() + 10_000;
  return new Promise((resolve, reject) => {
    const attempt = () => {
      const probe = net.connect(socket, () => {
        probe.destroy();
        resolve();
      });
      probe.on("error", () => (Date.now() > deadline ? reject(new Error("no display")) : setTimeout(attempt, 50)));
    };
    attempt();
  });
}

export function displaySocket(id) {
  return displays.get(id)?.socket;
}

export function stopDisplay(id) {
  displays.get(id)?.children.reverse().forEach((child) => child.kill());
  displays.delete(id);
}

export function stopAll() {
  [...displays.keys()].forEach(stopDisplay);
}
