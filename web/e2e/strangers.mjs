/** What people see and do before they have signed in, in the browser, against the real server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN } from "./server.mjs";
import { catalogShown, givePassword, look, openSite, PHONE_DARK, settled } from "./visit.mjs";

const NAMES = ["Almanac", "Barometer", "Compass", "Drawing Board of a Shipyard with a Long Name", "Ephemeris"];
const PUBLIC = NAMES.map((name) => ({ id: name.toLowerCase().replaceAll(" ", "-"), name, visibility: "public" }));
const HIDDEN = [
  { id: "vault", name: "Vault", visibility: "approved", discoverable: true },
  { id: "engine-room", name: "Engine Room", visibility: "admin_only" },
];

const site = openSite({ apps: [...PUBLIC, ...HIDDEN], env: { SORTIE_ALLOW_REGISTRATION: "true" } });

const publicApps = (page) => page.getByRole("region", { name: "What you find here" });

async function publicAppsShown(page) {
  await settled(page);
  await publicApps(page).getByRole("link").first().waitFor();
}

test("the sign-in, with the public apps beside it, is usable by everybody, on every screen, by day and by night", () =>
  site.lookAround(null, ["/sign-in", "/sign-in?next=%2Fapps%2Fclock"], publicAppsShown));

test("every other page in front of the door is usable by everybody, on every screen, by day and by night", () =>
  site.lookAround(null, ["/register", "/reset#no-such-link", "/join#no-such-link"]));

test("strangers find every public app and no other, and come to the one that they chose when they have signed in", () =>
  site.visit(PHONE_DARK, async (page) => {
    await page.goto("/");
    await publicAppsShown(page);
    await publicApps(page).getByRole("button", { name: /^Show all/ }).click();
    await look(page, "strangers-all-apps-phone-dark");
    // Of each card: the tile, the name, the description.
    const found = (await publicApps(page).getByRole("link").allInnerTexts()).flatMap((it) => it.split("\n"));
    for (const name of [...NAMES, "Terminal", "Wiki"]) assert.ok(found.includes(name), `${name} in ${found}`);
    for (const { name } of HIDDEN) assert.ok(!found.includes(name), `${name} in ${found}`);
    assert.ok(!(await page.content()).includes("xclock"), "how it runs is nobody's business");
    await publicApps(page).getByRole("link", { name: /^Compass/ }).click();
    await givePassword(page, ADMIN);
    await page.waitForURL("**/apps/compass");
    await page.getByRole("heading", { name: "Compass", level: 1 }).waitFor();
  }));

test("whoever asks for a page first comes there after signing in", () =>
  site.visit({}, async (page) => {
    await page.goto("/settings/security");
    await publicAppsShown(page);
    await givePassword(page, ADMIN);
    await page.waitForURL("**/settings/security");
    await page.goto("/");
    await catalogShown(page);
    assert.equal(await publicApps(page).count(), 0);
  }));
