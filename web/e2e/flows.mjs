/** What people do in the browser, against the real server. Run by `npm run e2e`. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test } from "node:test";
import { forgetEmptyShots, hindrances, meter, noteWhenThere, openPage, PHONE, shoot, shots, startBrowser, WIDE } from "./browser.mjs";
import { stopByHand, terminalShown, typeLine } from "./screen.mjs";
import { ADMIN, startServer, waitFor } from "./server.mjs";

const MAX_REQUESTS = 8;
const MAX_BYTES = 250_000;

let server, browser, signedIn;

before(async () => {
  [server, browser] = await Promise.all([startServer(), startBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  forgetEmptyShots();
  console.log(`screenshots: ${shots}`);
});

/** Ends what a failed flow left, so that the next one finds the catalog as it was. */
afterEach(() => server.endSessions());

/** Opens a page as a person who has signed in, does something, and fails if the page complained. */
async function asAdmin(options, act) {
  const { context, page, faults } = await openPage(browser, { url: server.url, storageState: signedIn, ...options });
  try {
    await act(page, context);
    assert.deepEqual(faults, []);
  } catch (error) {
    await shoot(page, `failed-${Date.now()}`).catch(() => undefined);
    error.message += `\non ${page.url()} with ${JSON.stringify(faults)}`;
    throw error;
  } finally {
    await context.close();
  }
}

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

test("a person signs in, and a wrong password is told plainly", async () => {
  const { context, page, faults } = await openPage(browser, { url: server.url });
  await page.goto("/");
  await page.getByRole("heading", { name: /^Sign in/ }).waitFor();
  await page.getByLabel("User name").fill(ADMIN.username);
  await page.getByLabel("Password", { exact: true }).fill("wrong");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("User name or password is wrong.").waitFor();
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.keyboard.press("Enter");
  await launchButton(page).waitFor();
  signedIn = await context.storageState();
  // The sign-in, and the browser as one that is known.
  assert.equal(signedIn.cookies.length, 2);
  for (const { name, httpOnly, sameSite } of signedIn.cookies) assert.deepEqual([httpOnly, sameSite], [true, "Strict"], name);
  assert.equal(await page.evaluate(() => document.cookie), "", "no script can read it");
  const stored = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
  assert.ok(signedIn.cookies.every(({ value }) => !stored.includes(value)) && !/token|password/i.test(stored), stored);
  assert.deepEqual(faults, []);
  await context.close();
});

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

for (const [size, viewport] of [["wide", WIDE], ["phone", PHONE]]) {
  for (const colorScheme of ["light", "dark"]) {
    test(`every page is usable by everybody, ${size} and ${colorScheme}`, async () => {
      await asAdmin({ viewport, colorScheme, isPhone: size === "phone" }, async (page) => {
        const found = {};
        for (const path of ["/", "/sessions", "/settings", "/help", "/admin", "/admin/apps", "/admin/apps/terminal", "/admin/users", "/admin/sessions", "/admin/audit", "/admin/analytics"]) {
          await page.goto(path);
          await page.getByRole("heading", { level: 1 }).waitFor({ state: "attached" });
          await page.locator("main:not([aria-busy=true])").waitFor();
          await page.waitForFunction(() => document.querySelector("[data-skeleton], .animate-pulse") === null);
          const name = `${path === "/" ? "catalog" : path.slice(1).replaceAll("/", "-")}-${size}-${colorScheme}`;
          await shoot(page, name);
          const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          const here = await hindrances(page);
          if (sideways > 0) here.push(`scrolls sideways by ${sideways} px`);
          if (here.length > 0) found[name] = here;
        }
        assert.deepEqual(found, {});
      });
    });
  }
}

test("an app that is not installed says why, and a link app leads away", async () => {
  await asAdmin({}, async (page, context) => {
    await page.goto("/");
    await page.getByText(/no-such-program-anywhere.*installed/).first().waitFor();
    await context.route("https://example.org/**", (route) => route.fulfill({ body: "the wiki" }));
    const popup = context.waitForEvent("page");
    await page.getByRole("button", { name: "Open Wiki" }).first().click();
    await (await popup).waitForURL("https://example.org/");
    await waitFor("the opening to be counted", async () => (await (await server.api("/api/analytics")).json()).total_launches === 1);
  });
});

test("a terminal is launched, typed into, found again after a reload, shared by two windows, left by Back, and stopped on purpose", async () => {
  await asAdmin({}, async (page) => {
    const id = await launch(page);
    await typeLine(page, "touch ~/hello; seq 1 12");
    await waitFor("the typed file", () => existsSync(join(server.home(id), "hello")));
    const [pid] = server.apps();
    await shoot(page, "session-wide");
    assert.deepEqual(await hindrances(page), []);

    await page.reload();
    await terminalShown(page);
    assert.deepEqual(server.apps(), [pid], "the same terminal");
    await typeLine(page, "touch ~/again");
    await waitFor("the file typed after the reload", () => existsSync(join(server.home(id), "again")));

    await asAdmin({ viewport: PHONE, isPhone: true, colorScheme: "dark" }, async (second) => {
      await second.goto(`/sessions/${id}`);
      await terminalShown(second);
      await shoot(second, "session-phone");
    });
    await typeLine(page, "touch ~/still");
    await waitFor("typing after the second window was closed", () => existsSync(join(server.home(id), "still")));

    await page.goBack();
    await page.waitForURL((url) => url.pathname === "/");
    await resumeButton(page).waitFor();
    assert.equal((await server.session(id)).status, "running", "Back ends nothing");
    await shoot(page, "catalog-with-a-running-app");
    await resumeButton(page).click();
    await terminalShown(page);
    assert.deepEqual(server.apps(), [pid]);

    const asked = await stopByHand(page);
    await asked.getByRole("button", { name: "Keep it running" }).click();
    assert.equal((await server.session(id)).status, "running", "asking ends nothing");
    await (await stopByHand(page)).getByRole("button", { name: "Stop session" }).click();
    await waitFor("the processes to be gone", () => server.apps().length === 0);
    assert.equal((await server.session(id)).reason.code, "stopped_by_user");
    await shoot(page, "session-stopped");
  });
});

test("an app that ends by itself tells so, and starts again by one click", async () => {
  await asAdmin({}, async (page) => {
    const id = await launch(page);
    await typeLine(page, "exit");
    await waitFor("the session to end", async () => (await server.session(id)).status === "failed");
    const again = page.getByRole("button", { name: /start again/i }).first();
    await again.waitFor();
    await shoot(page, "session-ended");
    assert.deepEqual(await hindrances(page), []);
    await again.click();
    await page.waitForURL((url) => /\/sessions\/./.test(url.pathname) && !url.pathname.endsWith(id));
    await terminalShown(page);
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

test("signing out ends what the cookie could do", async () => {
  const { context, page } = await openPage(browser, { url: server.url });
  await page.goto("/sign-in");
  await page.getByLabel("User name").fill(ADMIN.username);
  await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
  await page.keyboard.press("Enter");
  await launchButton(page).or(resumeButton(page)).first().waitFor();
  await page.getByRole("button", { name: /^Account of/ }).click();
  await page.getByRole("menuitem", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: /^Sign in/ }).waitFor();
  assert.equal((await page.request.get("/api/auth/me")).status(), 401);
  await shoot(page, "sign-in-wide");
  assert.deepEqual(await hindrances(page), []);
  await context.close();
});
