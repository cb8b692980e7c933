/** What people do in the browser, against the real site.server. Run by `npm run e2e`. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { meter, noteWhenThere, shoot } from "./browser.mjs";
import { stopByHand, terminalShown, typeLine } from "./screen.mjs";
import { ADMIN, waitFor } from "./server.mjs";
import { givePassword, look, openSite, PHONE_DARK, signIn } from "./visit.mjs";

const MAX_REQUESTS = 8;
const MAX_BYTES = 250_000;

const site = openSite();
let signedIn;

/** Opens a page as the administrator, whose browser was here before. */
const asAdmin = (options, act) => site.visit({ storageState: signedIn, ...options }, act);

const launchButton = (page) => page.getByRole("button", { name: "Launch Terminal" }).first();
const resumeButton = (page) => page.getByRole("button", { name: "Resume Terminal" }).first();

/** Launches a terminal by a click; answers the session's id. */
async function launch(page) {
  await page.goto("/");
  await launchButton(page).click();
  await page.waitForURL(/\/sessions\/./);
  await terminalShown(page);
  return new URL(page.url()).pathname.split("/").at(-1);
}

test("a person signs in, and a wrong password is told plainly", () =>
  site.visit({}, async (page, context) => {
    await page.goto("/");
    await page.getByRole("heading", { name: /^Sign in/ }).waitFor();
    await givePassword(page, { ...ADMIN, password: "wrong" });
    await page.getByText("User name or password is wrong.").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await launchButton(page).waitFor();
    signedIn = await context.storageState();
    // The sign-in, and the browser as one that is known.
    assert.equal(signedIn.cookies.length, 2);
    for (const { name, httpOnly, sameSite } of signedIn.cookies) assert.deepEqual([httpOnly, sameSite], [true, "Strict"], name);
    assert.equal(await page.evaluate(() => document.cookie), "", "no script can read it");
  }));

test("the catalog is painted with few requests and few bytes", async () => {
  await asAdmin({}, async (page) => {
    const wire = await meter(page);
    await noteWhenThere(page, "[aria-label='Launch Terminal']");
    await page.goto("/");
    await launchButton(page).waitFor();
    const { at, after } = await page.evaluate(() => window.firstThere);
    await waitFor("everything that the first paint asked for", () => wire.before(at).every(({ isDone }) => isDone));
    const asked = wire.before(at);
    const bytes = asked.reduce((sum, it) => sum + it.bytes, 0);
    const told = asked.map(({ name, bytes }) => `${name}: ${bytes} bytes`).join("\n");
    console.log(`painted after ${Math.round(after)} ms, ${asked.length} requests, ${bytes} bytes\n${told}`);
    assert.ok(asked.length >= 5 && asked.length <= MAX_REQUESTS, told);
    assert.ok(bytes <= MAX_BYTES, told);
  });
});

test("every page is usable by everybody, on every screen, by day and by night", () =>
  site.lookAround(ADMIN, ["/", "/sessions", "/settings", "/help", "/admin", "/admin/apps", "/admin/apps/terminal", "/admin/users", "/admin/sessions", "/admin/audit", "/admin/analytics"]));

test("an app that is not installed says why, and a link app leads away", async () => {
  await asAdmin({}, async (page, context) => {
    await page.goto("/");
    await page.getByText(/no-such-program-anywhere.*installed/).first().waitFor();
    await context.route("https://example.org/**", (route) => route.fulfill({ body: "the wiki" }));
    const popup = context.waitForEvent("page");
    await page.getByRole("button", { name: "Open Wiki" }).first().click();
    await (await popup).waitForURL("https://example.org/");
    await waitFor("the opening to be counted", async () => (await (await site.server.api("/api/analytics")).json()).total_launches === 1);
  });
});

test("a terminal is launched, typed into, found again after a reload, shared by two windows, left by Back, and stopped on purpose", async () => {
  await asAdmin({}, async (page) => {
    const id = await launch(page);
    await typeLine(page, "touch ~/hello; seq 1 12");
    await waitFor("the typed file", () => existsSync(join(site.server.home(id), "hello")));
    const [pid] = site.server.apps();
    await look(page, "session-wide");

    await page.reload();
    await terminalShown(page);
    assert.deepEqual(site.server.apps(), [pid], "the same terminal");
    await typeLine(page, "touch ~/again");
    await waitFor("the file typed after the reload", () => existsSync(join(site.server.home(id), "again")));

    await asAdmin(PHONE_DARK, async (second) => {
      await second.goto(`/sessions/${id}`);
      await terminalShown(second);
      await shoot(second, "session-phone");
    });
    await typeLine(page, "touch ~/still");
    await waitFor("typing after the second window was closed", () => existsSync(join(site.server.home(id), "still")));

    await page.goBack();
    await page.waitForURL((url) => url.pathname === "/");
    await resumeButton(page).waitFor();
    assert.equal((await site.server.session(id)).status, "running", "Back ends nothing");
    await shoot(page, "catalog-with-a-running-app");
    await resumeButton(page).click();
    await terminalShown(page);
    assert.deepEqual(site.server.apps(), [pid]);

    const asked = await stopByHand(page);
    await asked.getByRole("button", { name: "Keep it running" }).click();
    assert.equal((await site.server.session(id)).status, "running", "asking ends nothing");
    await (await stopByHand(page)).getByRole("button", { name: "Stop session" }).click();
    await waitFor("the processes to be gone", () => site.server.apps().length === 0);
    assert.equal((await site.server.session(id)).reason.code, "stopped_by_user");
    await shoot(page, "session-stopped");
  });
});

test("an app that ends by itself tells so, and starts again by one click", async () => {
  await asAdmin({}, async (page) => {
    const id = await launch(page);
    await typeLine(page, "exit");
    await waitFor("the session to end", async () => (await site.server.session(id)).status === "failed");
    const again = page.getByRole("button", { name: /start again/i }).first();
    await again.waitFor();
    await look(page, "session-ended");
    await again.click();
    await page.waitForURL((url) => /\/sessions\/./.test(url.pathname) && !url.pathname.endsWith(id));
    await terminalShown(page);
  });
});

test("an author has a terminal kept ready, and the next click takes it as it stands", async () => {
  const keep = async (page, size) => {
    await page.goto("/admin/apps/terminal");
    await page.getByLabel("Kept ready").fill(size);
    await page.getByLabel("Kept ready").scrollIntoViewIfNeeded();
    await look(page, `kept-ready-${size}`);
    await page.getByRole("button", { name: /^Review/ }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.waitForURL(/\/admin\/apps$/);
  };
  await asAdmin({}, async (page) => {
    await keep(page, "1");
    const [waiting] = await waitFor("a terminal to wait", () => site.server.apps().length === 1 && site.server.apps());
    await waitFor("it to be ready", async () => /sortie_warm_workloads\{status="ready"\} 1/.test(await (await site.server.api("/metrics")).text()));
    const id = await launch(page);
    await typeLine(page, "touch ~/taken");
    await waitFor("the file", () => existsSync(join(site.server.home(id), "taken")));
    assert.ok(site.server.apps().includes(waiting), "it is the one that waited");
    await keep(page, "0");
    await site.server.endSessions();
    await waitFor("nothing to be left", () => site.server.apps().length === 0);
  });
});

test("the audit tells an administrator who did what", async () => {
  await asAdmin({}, async (page) => {
    await page.goto("/admin/audit");
    const row = page.getByRole("row").filter({ hasText: "Stop session" }).first();
    await row.waitFor();
    assert.match(await row.innerText(), /admin/);
    await shoot(page, "audit-with-entries");
  });
});

test("signing out ends what the cookie could do", () =>
  site.visit({}, async (page) => {
    await signIn(page, ADMIN);
    await page.getByRole("button", { name: /^Account of/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: /^Sign in/ }).waitFor();
    assert.equal((await page.request.get("/api/auth/me")).status(), 401);
  }));
