/**
 * Sessions on a server that runs already: from the first page to typed words, and what a failed launch shows. Run by scripts/cluster/try-browser, which
 * looks from inside the pod for what was typed: SORTIE_URL, SORTIE_PASSWORD, SORTIE_TYPE (the line).
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { forgetEmptyShots, shoot, shots, startBrowser } from "./browser.mjs";
import { terminalShown, typeLine } from "./screen.mjs";
import { signIn, visit } from "./visit.mjs";

const { SORTIE_URL: url, SORTIE_PASSWORD: password, SORTIE_TYPE: line } = process.env;

/** What the browser and noVNC say of plain http, which only this cluster is talked to over. */
const PLAIN_HTTP = /Cross-Origin-Opener-Policy|requires a secure context/;

let browser;

before(async () => {
  browser = await startBrowser();
});

after(async () => {
  await browser?.close();
  forgetEmptyShots();
  console.log(`screenshots: ${shots}`);
});

/** Signs in on a page of its own, and does something there. */
const asAdmin = (act) =>
  visit(browser, { url, but: (fault) => PLAIN_HTTP.test(fault) }, async (page) => {
    await signIn(page, { username: "admin", password });
    await act(page);
  });

const launch = async (page, name) => {
  await page.getByRole("button", { name: `Launch ${name}` }).first().click();
  await page.waitForURL(/\/sessions\/./);
};

test("a person signs in, launches a terminal, sees it and types into it", () =>
  asAdmin(async (page) => {
    await launch(page, "Terminal");
    await terminalShown(page);
    await typeLine(page, line);
    await shoot(page, "cluster-terminal");
  }));

test("a launch that fails says on its page why, and what can be done", () =>
  asAdmin(async (page) => {
    await launch(page, "Hungry");
    await page.getByText("used all the memory").first().waitFor();
    const id = new URL(page.url()).pathname.split("/").at(-1);
    const { reason } = await page.evaluate(async (path) => (await fetch(path)).json(), `/api/sessions/${id}`);
    assert.equal(reason.code, "out_of_memory");
    await page.getByText(reason.remedy).first().waitFor();
    await shoot(page, "cluster-failed-launch");
  }));
