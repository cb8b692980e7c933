/** What every flow begins and ends with: a server and a browser of its own, people who sign in, and a good look at what they see. */
import assert from "node:assert/strict";
import { after, afterEach, before } from "node:test";
import { forgetEmptyShots, hindrances, openPage, PHONE, shoot, shots, startBrowser, WIDE } from "./browser.mjs";
import { startServer } from "./server.mjs";

/** Every way a page is looked at: its name, and what it asks of the browser. */
export const LOOKS = [["wide", WIDE], ["phone", PHONE]].flatMap(([size, viewport]) =>
  ["light", "dark"].map((colorScheme) => [`${size}-${colorScheme}`, { viewport, colorScheme, isPhone: size === "phone" }]),
);

/** A thumb, at night. */
export const PHONE_DARK = Object.fromEntries(LOOKS)["phone-dark"];

/** Fails if a page keeps something where scripts find it that opens a door: a cookie's value, a link's secret, anything so named. */
async function keepsNoSecret(context) {
  const cookies = await context.cookies();
  for (const page of context.pages().filter((it) => it.url().startsWith("http"))) {
    const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));
    const isSecret = cookies.some(({ value }) => kept.includes(value)) || /token|password|secret|[\w-]{43}/i.test(kept);
    assert.ok(!isSecret, `kept in web storage: ${kept}`);
  }
}

/** Does something on a page of a browser of somebody's own, and fails if the page complained or kept a secret; `but` knows complaints that are none. */
export async function visit(browser, { but = () => false, ...options }, act) {
  const { context, page, faults } = await openPage(browser, options);
  try {
    const answer = await act(page, context);
    assert.deepEqual(faults.filter((it) => !but(it)), []);
    await keepsNoSecret(context);
    return answer;
  } catch (error) {
    await shoot(page, `failed-${Date.now()}`).catch(() => undefined);
    error.message += `\non ${page.url()} with ${JSON.stringify(faults)}`;
    throw error;
  } finally {
    await context.close();
  }
}

/** Fills in the form of the sign-in that is on the page, and sends it. */
export async function givePassword(page, { username, password }) {
  await page.getByLabel("User name").fill(username);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.keyboard.press("Enter");
}

/** Waits until the catalog is there, for its people. */
export async function catalogShown(page) {
  await page.getByRole("heading", { name: "Catalog" }).waitFor({ state: "attached" });
}

export async function signIn(page, who) {
  await page.goto("/sign-in");
  await givePassword(page, who);
  await catalogShown(page);
}

/** Waits until the page stands still: its heading is there, and nothing of it is still on its way. */
export async function settled(page) {
  await page.getByRole("heading", { level: 1 }).first().waitFor({ state: "attached" });
  await page.locator("main:not([aria-busy=true])").first().waitFor();
  await page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
}

/** Takes the page's picture when it stands still, and fails on what hinders people. */
export async function look(page, name) {
  await page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
  await shoot(page, name);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  const found = await hindrances(page);
  if (sideways > 0) found.push(`scrolls sideways by ${sideways} px`);
  assert.deepEqual(found, [], name);
}

/** A server and a browser for the tests of one file; both are there while its tests run. */
class Site {
  server = null;
  browser = null;

  async open(options) {
    [this.server, this.browser] = await Promise.all([startServer(options), startBrowser()]);
  }

  async close() {
    await this.browser?.close();
    await this.server?.stop();
    forgetEmptyShots();
    console.log(`screenshots: ${shots}`);
  }

  /** Somebody opens a browser of their own. */
  visit(options, act) {
    return visit(this.browser, { url: this.server.url, ...options }, act);
  }

  /** Somebody opens a browser of their own, and signs in. */
  as(who, options, act) {
    return this.visit(options, async (page, context) => {
      await signIn(page, who);
      return act(page, context);
    });
  }

  /** Looks at every one of these pages in every way once it is `ready`; all that is wrong is told together. `who` is null for strangers. */
  async lookAround(who, paths, ready = settled) {
    const wrong = [];
    for (const [way, options] of LOOKS) {
      const around = async (page) => {
        for (const path of paths) {
          await page.goto(path);
          await ready(page);
          const name = path === "/" ? "catalog" : path.slice(1).replaceAll(/\W+/g, "-");
          await look(page, `${name}-${way}`).catch((error) => wrong.push(error.message));
        }
      };
      await (who ? this.as(who, options, around) : this.visit(options, around));
    }
    assert.deepEqual(wrong, []);
  }
}

/** Starts a server and a browser before the tests of a file, ends every session after each, and both after all. */
export function openSite(options) {
  const site = new Site();
  before(() => site.open(options));
  after(() => site.close());
  // What a failed flow left, too, so that the next one finds the catalog as it was.
  afterEach(() => site.server.endSessions());
  return site;
}
