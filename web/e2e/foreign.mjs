/** What other people's pages can do to somebody who is signed in: nothing. Run by `npm run e2e`. */
import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, test } from "node:test";
import { openPage, startBrowser } from "./browser.mjs";
import { ADMIN, startServer, waitFor } from "./server.mjs";
import { signIn } from "./visit.mjs";

/** Sortie's name, one below the same parent, and one of another site. Chromium finds all of them on this machine. */
const [OURS, SIBLING, FOREIGN] = ["sortie.corp.localhost", "evil.corp.localhost", "elsewhere.localhost"];

let server, browser, pages, ours, signedIn, session;

before(async () => {
  pages = createServer((_, answer) => answer.setHeader("content-type", "text/html").end("<!doctype html><title>Somebody else's</title>"));
  pages.listen(0, "127.0.0.1");
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
  ours = `http://${OURS}:${new URL(server.url).port}`;
  const { context, page } = await openPage(browser, { url: ours });
  await signIn(page, ADMIN);
  signedIn = await context.storageState();
  await context.close();
  session = await (await server.api("/api/sessions", "POST", { app_id: "clock" })).json();
  await waitFor("the clock to run", async () => (await server.session(session.id)).status === "running");
});

after(async () => {
  await browser?.close();
  await server?.stop();
  pages?.close();
});

/** Does something on somebody else's page in the browser of a person who is signed in. */
async function onPageOf(name, act) {
  const { context, page } = await openPage(browser, { url: `http://${name}:${pages.address().port}`, storageState: signedIn });
  try {
    await page.goto("/");
    return await act(page, context);
  } finally {
    await context.close();
  }
}

const state = async () => ({
  apps: await (await server.api("/api/apps")).json(),
  sessions: (await (await server.api("/api/sessions")).json()).map(({ id, status }) => [id, status]),
  users: (await (await server.api("/api/admin/users")).json()).map(({ username }) => username),
});

for (const [kind, name] of [["a sibling", SIBLING], ["a foreign site", FOREIGN]]) {
  test(`a page of ${kind} reads nothing and changes nothing`, async () => {
    const before = await state();
    const answers = await onPageOf(name, (page) =>
      page.evaluate(
        async ([ours, id]) => {
          const attempt = async (path, init) => {
            try {
              const answer = await fetch(ours + path, { credentials: "include", ...init });
              return `${answer.type} ${answer.status} ${await answer.text()}`;
            } catch {
              return "refused";
            }
          };
          const json = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ app_id: "clock" }) };
          return Promise.all([
            attempt("/api/auth/me"),
            attempt("/api/sessions"),
            attempt("/api/sessions", json),
            attempt(`/api/sessions/${id}`, { method: "DELETE" }),
            // What needs no question beforehand: "simple" requests, whose answers nobody reads.
            attempt("/api/sessions", { ...json, mode: "no-cors", headers: { "content-type": "text/plain" } }),
            attempt(`/api/sessions/${id}/stop`, { method: "POST", mode: "no-cors" }),
            attempt("/api/auth/logout", { method: "POST", mode: "no-cors" }),
          ]);
        },
        [ours, session.id],
      ),
    );
    assert.deepEqual([...new Set(answers)], ["refused"]);
    assert.deepEqual(await state(), before);
  });

  test(`a form on a page of ${kind} changes nothing`, async () => {
    const before = await state();
    for (const [path, enctype] of [["/api/sessions", "text/plain"], [`/api/sessions/${session.id}/stop`, "application/x-www-form-urlencoded"], ["/api/auth/logout", "multipart/form-data"]]) {
      const status = await onPageOf(name, async (page) => {
        const sent = page.waitForResponse((it) => it.url() === ours + path);
        await page.evaluate(([action, enctype]) => {
          const form = Object.assign(document.createElement("form"), { action, enctype, method: "post" });
          form.append(Object.assign(document.createElement("input"), { name: '{"app_id":"clock","x":"', value: '"}' }));
          document.body.append(form);
          form.submit();
        }, [ours + path, enctype]);
        return (await sent).status();
      });
      assert.ok([401, 403].includes(status), `${path}: ${status}`);
    }
    assert.deepEqual(await state(), before);
  });

  test(`a page of ${kind} opens neither a screen nor a stream of events`, async () => {
    const heard = await onPageOf(name, (page) =>
      page.evaluate(
        async ([ours, id]) => {
          const socket = new globalThis.WebSocket(`${ours.replace("http", "ws")}/ws/sessions/${id}`, "binary");
          const screen = new Promise((done) => {
            socket.onopen = () => done("open");
            socket.onerror = () => done("refused");
          });
          const source = new globalThis.EventSource(`${ours}/api/sessions/events`, { withCredentials: true });
          const events = new Promise((done) => {
            source.onopen = () => done("open");
            source.onerror = () => done("refused");
          });
          return Promise.all([screen, events]);
        },
        [ours, session.id],
      ),
    );
    assert.deepEqual(heard, ["refused", "refused"]);
  });

  test(`a page of ${kind} frames nothing and holds no window of ours`, async () => {
    await onPageOf(name, async (page, context) => {
      await page.evaluate((ours) => document.body.append(Object.assign(document.createElement("iframe"), { src: `${ours}/` })), ours);
      const frame = await (await page.waitForSelector("iframe")).contentFrame();
      await frame.waitForURL((url) => url.href !== "about:blank").catch(() => undefined);
      assert.ok(!(await frame.content()).includes("Sortie"), await frame.content());
      const opened = context.waitForEvent("page");
      await page.evaluate((ours) => void (globalThis.held = globalThis.open(`${ours}/`)), ours);
      await (await opened).waitForLoadState();
      assert.equal(await page.evaluate(() => globalThis.held.closed), true, "the opener lost it");
    });
  });
}

test("the same person is signed in all the while on our own page", async () => {
  const { context, page } = await openPage(browser, { url: ours, storageState: signedIn });
  await page.goto("/");
  await page.getByRole("button", { name: "Launch Terminal" }).first().waitFor();
  assert.equal(await page.evaluate(async () => (await fetch("/api/auth/me")).status), 200);
  await context.close();
});
