/** Several people at one screen, in the browser, against the real server. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { shoot } from "./browser.mjs";
import { showControls, terminalShown, typeLine } from "./screen.mjs";
import { ADMIN, waitFor } from "./server.mjs";
import { look, openSite, PHONE_DARK } from "./visit.mjs";

const site = openSite();

/** Launches a terminal; answers the way to a file of its home. */
async function launchTerminal(page) {
  await page.getByRole("button", { name: "Launch Terminal" }).first().click();
  await page.waitForURL(/\/sessions\/./);
  await terminalShown(page);
  const id = new URL(page.url()).pathname.split("/").at(-1);
  return (name) => join(site.server.home(id), name);
}

async function showPeople(page) {
  await showControls(page);
  await page.getByRole("button", { name: /^People/ }).click();
}

/** Makes a link as the owner of the session on the screen, with what `choose` does in the dialog; answers where it leads. */
async function makeLink(page, choose = () => undefined) {
  await showPeople(page);
  await page.getByRole("button", { name: "Share…" }).click();
  await choose(page.getByRole("dialog"));
  await page.getByRole("button", { name: "Create the link" }).click();
  const link = new URL(await page.getByLabel("The new link, shown only now").inputValue());
  await look(page, "share-dialog-with-link");
  await page.keyboard.press("Escape");
  return link.pathname + link.hash;
}

/** Types until the app has it: other rights come with another stream, and what goes into the one before arrives nowhere. */
function typeThrough(page, file, name) {
  return waitFor(`what was typed: ${name}`, async () => {
    await terminalShown(page);
    await typeLine(page, `touch ~/${name}`);
    return waitFor(name, () => existsSync(file(name)), 2000).catch(() => false);
  });
}

test("a link lets somebody watch and nothing else, until the owner cuts them", async () => {
  const watcher = await site.server.account("watcher");
  await site.as(ADMIN, {}, async (page) => {
    const file = await launchTerminal(page);
    const link = await makeLink(page);

    await site.as(watcher, {}, async (second) => {
      await second.goto(link);
      await second.getByRole("button", { name: /Join|Watch|Open/ }).click();
      await terminalShown(second);
      assert.ok(!second.url().includes(link.split("#")[1]));
      await shoot(second, "watching");
      await typeLine(second, "touch ~/by-the-watcher");
      await typeLine(page, "touch ~/by-the-owner");
      await waitFor("what the owner typed", () => existsSync(file("by-the-owner")));
      assert.ok(!existsSync(file("by-the-watcher")));

      await showPeople(page);
      await page.getByRole("button", { name: "Disconnect watcher" }).click();
      await second.getByText("You were disconnected by the owner").waitFor();
      await shoot(second, "watching-cut");
    });
    await page.keyboard.press("Escape");
  });
});

test("somebody who waits is seen, let in, given control alone, and loses it again", async () => {
  const ivan = await site.server.account("ivan");
  await site.as(ADMIN, {}, async (page) => {
    const file = await launchTerminal(page);
    const link = await makeLink(page, async (dialog) => {
      await dialog.getByText("Watch and control").click();
      await dialog.getByLabel("Ask me before each one comes in").check();
    });
    await site.as(ivan, {}, async (second) => {
      await second.goto(link);
      await second.getByRole("button", { name: "Join" }).click();
      await second.getByText("Waiting for the owner to let you in").waitFor();
      await look(second, "waiting-at-the-door");
      // Over the screen: the owner has opened nothing.
      await page.getByText(/ivan wants to come in and control/).waitFor();
      await look(page, "somebody-at-the-door");
      await page.getByRole("button", { name: "Let ivan in" }).click();
      await terminalShown(second);

      await showPeople(page);
      await page.getByRole("button", { name: "Give control to ivan" }).click();
      await second.getByText("You can type and click").waitFor();
      await page.getByText("Somebody else has control").waitFor();
      await look(page, "handed-over");
      await page.keyboard.press("Escape");
      await terminalShown(page);
      await typeLine(page, "touch ~/by-the-owner");
      await typeThrough(second, file, "by-ivan");
      assert.ok(!existsSync(file("by-the-owner")));

      await showPeople(page);
      await page.getByRole("button", { name: "Take control back" }).click();
      await page.getByText("Somebody else has control").waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await typeThrough(page, file, "again-by-the-owner");
    });
  });
});

test("an administrator opens the door for guests, and one comes in by name", async () => {
  const lise = await site.server.account("lise", { display_name: "Lise Meitner" });
  await site.as(ADMIN, {}, async (page) => {
    await page.goto("/admin/settings");
    await page.getByLabel("Share links may let in people without an account").check();
    await page.getByLabel("Above the sign-in").fill("Ask Lise for an account.");
    await look(page, "server-settings");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Settings saved").waitFor();
  });
  await site.as(lise, {}, async (page) => {
    await launchTerminal(page);
    const link = await makeLink(page, (dialog) => dialog.getByLabel("Also people without an account").check());
    await site.visit(PHONE_DARK, async (guest) => {
      await guest.goto("/sign-in");
      await guest.getByText("Ask Lise for an account.").waitFor();
      await look(guest, "sign-in-with-notice-phone-dark");
      await guest.goto(link);
      await guest.getByLabel("Your name").fill("Otto");
      await look(guest, "join-as-a-guest-phone-dark");
      await guest.getByRole("button", { name: "Join as a guest" }).click();
      await terminalShown(guest);
      await showPeople(page);
      await page.getByText("Otto").waitFor();
      await look(page, "people-with-a-guest");
    });
  });
});

test("somebody is invited by a part of their name, and finds the session among theirs", async () => {
  const emmy = await site.server.account("emmy", { display_name: "Emmy Noether" });
  await site.as(ADMIN, {}, async (page) => {
    await launchTerminal(page);
    await showPeople(page);
    await page.getByRole("button", { name: "Share…" }).click();
    await page.getByText("One person").click();
    await page.getByRole("combobox", { name: "Who" }).fill("noet");
    await page.getByRole("option", { name: /Emmy Noether/ }).waitFor();
    await look(page, "share-dialog-with-people");
    await page.getByRole("option", { name: /Emmy Noether/ }).click();
    await page.getByRole("button", { name: "Let them in" }).click();
    await page.getByText(/emmy · may watch/).waitFor();
    await site.as(emmy, PHONE_DARK, async (second) => {
      await second.goto("/sessions");
      await second.getByRole("heading", { name: "Shared with you" }).waitFor();
      await look(second, "shared-with-me-phone-dark");
      await second.getByRole("link", { name: "Join Terminal of admin" }).click();
      await terminalShown(second);
      await shoot(second, "watching-phone-dark");
    });
  });
});

test("an administrator observes for a reason, and the observed sees that", async () => {
  const maria = await site.server.account("maria");
  await site.as(maria, {}, async (page) => {
    const file = await launchTerminal(page);
    await site.as(ADMIN, {}, async (admin) => {
      await admin.goto("/admin/sessions");
      await admin.getByRole("row").filter({ hasText: "maria" }).getByRole("button", { name: /^Observe/ }).click();
      const dialog = admin.getByRole("dialog");
      await dialog.getByLabel("Reason").fill("Her screen stays black");
      await look(admin, "observe-dialog");
      await dialog.getByRole("button", { name: "Observe", exact: true }).click();
      await terminalShown(admin);
      await admin.getByText("You observe the session of maria").waitFor();
      await look(admin, "observing");
      await page.getByText("An administrator may be watching this session.").waitFor();
      await look(page, "observed");
      await typeLine(admin, "touch ~/by-the-administrator");
      await typeLine(page, "touch ~/by-maria");
      await waitFor("what maria typed", () => existsSync(file("by-maria")));
      assert.ok(!existsSync(file("by-the-administrator")));
      await admin.goto("/admin/audit");
      const row = admin.getByRole("row").filter({ hasText: "Observe session" }).first();
      await row.waitFor();
      assert.match(await row.innerText(), /Her screen stays black/);
    });
  });
});
