/** What people do about who they are and what they may do, in the browser, against the real site.server. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { CLIENT, isInstalled, reservePort, startProvider } from "./provider.mjs";
import { screenOf, stopByHand } from "./screen.mjs";
import { ADMIN, waitFor } from "./server.mjs";
import { code } from "./totp.mjs";
import { catalogShown, givePassword, look, openSite, PHONE_DARK } from "./visit.mjs";

const VAULT = { id: "vault", name: "Vault", category: "Secrets", visibility: "approved", discoverable: true };

const issuerPort = await reservePort();
const sso = { SORTIE_OIDC_ISSUER: `http://127.0.0.1:${issuerPort}`, SORTIE_OIDC_NAME: "Corp", ...CLIENT };
const site = openSite({ apps: [VAULT], env: { SORTIE_ALLOW_REGISTRATION: "true", ...sso } });

test("a second factor is set up, asked for, replaced by a recovery code, and switched off", async () => {
  const grace = await site.server.account("grace", { display_name: "Grace Hopper" });
  let secret, recovery;
  await site.as(grace, {}, async (page) => {
    await page.goto("/settings/security");
    await page.getByText("This one").waitFor();
    await look(page, "security-wide-light");
    await page.getByRole("button", { name: "Set up" }).click();
    await page.getByLabel("Your password").fill(grace.password);
    await page.keyboard.press("Enter");
    await page.getByRole("img", { name: /scan/ }).waitFor();
    await look(page, "second-factor-enrol");
    const copy = page.getByRole("button", { name: /^Copy the secret/ });
    secret = (await copy.textContent()).trim();
    await page.getByLabel("The code that it shows").fill("000000");
    await page.keyboard.press("Enter");
    await page.getByText("That code is not right").waitFor();
    await page.getByLabel("The code that it shows").fill(code(secret));
    await page.keyboard.press("Enter");
    const codes = page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
    await codes.first().waitFor();
    recovery = (await codes.allTextContents()).map((it) => it.trim());
    assert.equal(recovery.length, 10);
    await look(page, "second-factor-recovery-codes");
    await page.getByLabel("I have kept them").check();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByText("10 recovery codes left").waitFor();
  });
  await site.visit(PHONE_DARK, async (page) => {
    await page.goto("/sign-in");
    await givePassword(page, grace);
    await page.getByLabel("Code of your authenticator").fill(code(secret, 1));
    await look(page, "second-factor-step-phone-dark");
    await page.getByRole("button", { name: "Continue" }).click();
    await catalogShown(page);
    await page.goto("/settings/security");
    await page.getByText("10 recovery codes left").waitFor();
    await look(page, "security-phone-dark");
  });
  await site.visit({}, async (page) => {
    await page.goto("/sign-in");
    await givePassword(page, grace);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(recovery[0]);
    await page.getByRole("button", { name: "Continue" }).click();
    await catalogShown(page);
    await page.goto("/settings/security");
    await page.getByText("9 recovery codes left").waitFor();
    await page.getByRole("button", { name: "Switch off" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your password").fill(grace.password);
    await dialog.getByLabel("Code").fill(recovery[1]);
    await dialog.getByRole("button", { name: "Switch off" }).click();
    await page.getByText("Your password alone opens your account").waitFor();
  });
  await site.as(grace, {}, () => undefined);
});

test("a person ends sign-ins that are not theirs, and a token is shown once and works as far as it may", async () => {
  const mary = await site.server.account("mary");
  await site.as(mary, {}, async (elsewhere) => {
    await site.as(mary, {}, async (page) => {
      await page.goto("/settings/security");
      await page.getByRole("button", { name: "End 1 other sign-in" }).click();
      await page.getByText("All other sign-ins were ended").waitFor();
      await page.getByRole("button", { name: "New token" }).click();
      await page.getByLabel("What it is for").fill("Nightly report");
      await look(page, "token-dialog");
      await page.getByRole("button", { name: "Make the token" }).click();
      const token = await page.getByLabel("The token, shown only now").inputValue();
      const ask = (path, method) => fetch(site.server.url + path, { method, headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, ...(method === "POST" && { body: JSON.stringify({ name: "more", scopes: ["admin"] }) }) });
      assert.equal((await ask("/api/apps", "GET")).status, 200);
      assert.equal((await ask("/api/me/tokens", "POST")).status, 403);
      await page.getByRole("button", { name: "Done" }).click();
      await page.getByText("Nightly report").waitFor();
      assert.ok(!(await page.content()).includes(token));
      await page.getByRole("button", { name: "Revoke Nightly report" }).click();
      await page.getByRole("button", { name: "Revoke the token" }).click();
      await page.getByText("No program has one.").waitFor();
      await waitFor("the token to be refused", async () => (await ask("/api/apps/terminal", "GET")).status === 401);
    });
    await elsewhere.reload();
    await elsewhere.getByRole("heading", { name: /^Sign in/ }).waitFor();
  });
});

test("a reset link sets a new password once", async () => {
  const alan = await site.server.account("alan");
  let link;
  await site.as(ADMIN, {}, async (page) => {
    await page.goto(`/admin/users/${alan.id}`);
    await page.getByRole("button", { name: "Make a reset link" }).click();
    link = await page.getByLabel("The link, shown only now").inputValue();
    await look(page, "account-with-reset-link");
  });
  const path = new URL(link).pathname + new URL(link).hash;
  alan.password = "a-machine-that-halts";
  await site.visit({}, async (page) => {
    await page.goto(path);
    await page.getByLabel("New password").waitFor();
    assert.equal(new URL(page.url()).hash, "", "the secret does not stay in the address");
    await page.getByLabel("New password").fill(alan.password);
    await page.keyboard.press("Enter");
    await page.getByRole("link", { name: "Sign in" }).first().click();
    await givePassword(page, alan);
    await catalogShown(page);
  });
  await site.visit({}, async (page) => {
    await page.goto(path);
    await page.getByLabel("New password").fill("a-machine-that-does-not");
    await page.keyboard.press("Enter");
    await page.getByText(/no longer|not good|ask .* new/i).first().waitFor();
  });
});

test("somebody registers, asks for an app, is granted it, and launches it", async () => {
  const ada = { username: "ada", password: "an-engine-weaves-patterns" };
  await site.visit({}, async (page) => {
    await page.goto("/sign-in");
    await page.getByRole("link", { name: "Create one" }).click();
    await page.getByRole("heading", { name: /^Join/ }).waitFor();
    await page.getByLabel("User name").fill(ada.username);
    await page.getByLabel("Password", { exact: true }).fill(ada.password);
    await look(page, "register");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Ask for access: Vault" }).first().click();
    await page.getByLabel("What you need it for").fill("The keys of the engine");
    await look(page, "ask-for-access");
    await page.getByRole("button", { name: "Send the request" }).click();
    await page.getByRole("button", { name: "Access asked for: Vault" }).first().waitFor();
    await look(page, "catalog-asked");
    await page.goto("/requests");
    await page.getByText("The keys of the engine").waitFor();
    await look(page, "my-requests");
    await page.goto("/");

    await site.as(ADMIN, {}, async (admin) => {
      await admin.goto("/admin/requests");
      await admin.getByText("The keys of the engine").waitFor();
      await look(admin, "inbox-wide-light");
      await admin.getByRole("button", { name: "Grant Vault to ada" }).click();
      await admin.getByLabel("A word to them").fill("Take care");
      await look(admin, "grant-dialog");
      await admin.getByRole("button", { name: "Grant access" }).click();
      await admin.getByText("Nobody waits for you").waitFor();
      await admin.goto("/admin/categories");
      await admin.getByRole("link", { name: "Secrets" }).click();
      await admin.getByRole("button", { name: "Remove ada" }).waitFor();
      await look(admin, "category-wide-light");
    });

    // The card was on the screen all the time: the page was told, it does not ask.
    await page.getByRole("button", { name: "Launch Vault" }).first().waitFor({ timeout: 5000 });
    await page.goto("/requests");
    await page.getByText("Take care").waitFor();
    await page.goto("/");
    await page.getByRole("button", { name: "Launch Vault" }).first().click();
    await page.waitForURL(/\/sessions\/./);
    await screenOf(page, "live").waitFor();
    await (await stopByHand(page)).getByRole("button", { name: "Stop session" }).click();
  });
});

test("a category gets an administrator by a part of the name, who then decides in it", async () => {
  const joan = await site.server.account("joan", { display_name: "Joan Clarke" });
  const kurt = await site.server.account("kurt");
  await site.as(ADMIN, PHONE_DARK, async (page) => {
    await page.goto("/admin/categories");
    await page.getByRole("link", { name: "Secrets" }).click();
    const picker = page.getByRole("combobox", { name: "Make somebody an administrator of it" });
    await picker.fill("clar");
    await page.getByRole("option", { name: /Joan Clarke/ }).waitFor();
    await look(page, "person-picker-phone-dark");
    await picker.press("Enter");
    await page.getByRole("button", { name: "Remove Joan Clarke" }).waitFor();
    await look(page, "category-phone-dark");
  });
  await site.as(kurt, {}, async (page) => {
    await site.as(joan, {}, async (decider) => {
      await decider.goto("/admin/requests");
      await decider.getByText("Nobody waits for you").waitFor();
      await page.getByRole("button", { name: "Ask for access: Vault" }).first().click();
      await page.getByRole("button", { name: "Send the request" }).click();
      await page.getByRole("button", { name: "Access asked for: Vault" }).first().waitFor();
      await page.goto("/requests");
      // Neither page asks again: both are told.
      await decider.getByRole("button", { name: "Refuse Vault to kurt" }).click();
      await decider.getByLabel("Why").fill("Not this year");
      await decider.getByRole("button", { name: "Refuse", exact: true }).click();
      await decider.getByText("Nobody waits for you").waitFor();
    });
    await page.getByText("Not this year").waitFor();
  });
  const before = await (await site.server.api("/api/apps/vault")).json();
  await site.as(joan, {}, async (page) => {
    await page.goto("/admin/apps/terminal");
    await page.getByRole("heading", { name: "Terminal is not yours to change" }).waitFor();
    await page.goto("/admin/apps/vault");
    await page.getByLabel("Description").fill("Behind two doors.");
    await look(page, "app-of-a-category-administrator");
    await page.getByRole("button", { name: "Review 1 change" }).click();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("Vault is saved").waitFor();
  });
  const { description, command } = await (await site.server.api("/api/apps/vault")).json();
  assert.deepEqual({ description, command }, { description: "Behind two doors.", command: before.command }, "what runs stays as it was");
});

test("people of the identity provider sign in by its button", { skip: !isInstalled && "npm --prefix sortie-e2e/provider install" }, async () => {
  const address = site.server.url.replace("127.0.0.1", "localhost");
  const stop = await startProvider(issuerPort, address);
  try {
    await site.visit({ url: address }, async (page) => {
      // The server finds a provider that comes late by itself, after a while.
      await waitFor("the provider to be found", async () => {
        const answer = await fetch(`${address}/api/auth/oidc/login`, { redirect: "manual" });
        return answer.headers.get("location")?.startsWith(`http://127.0.0.1:${issuerPort}`);
      });
      await page.goto("/sessions");
      await look(page, "sign-in-with-sso");
      await page.getByRole("link", { name: /Corp/ }).or(page.getByRole("button", { name: /Corp/ })).click();
      await page.locator("[name=login]").fill("turing");
      await page.locator("[name=password]").fill("anything");
      await page.locator("[type=submit]").first().click();
      await page.waitForURL(`${address}/sessions`);
      await page.getByRole("button", { name: /^Account of Name of turing/ }).waitFor();
      await page.goto("/settings/security");
      await page.getByText("You sign in with Corp").waitFor();
      await page.getByText("This one").waitFor();
      assert.equal(await page.getByRole("button", { name: "Set up" }).count(), 0);
      assert.equal(await page.getByLabel("Current password").count(), 0);
      await look(page, "security-with-sso");
    });
  } finally {
    stop();
  }
});

test("an administrator asks why, makes a tenant, and works in it", async () => {
  const emmy = await site.server.account("emmy", { display_name: "Emmy Noether" });
  await site.as(ADMIN, {}, async (page) => {
    await page.goto("/admin/access");
    await page.getByRole("combobox", { name: "Who" }).fill("noeth");
    await page.getByRole("option", { name: /Emmy/ }).click();
    await page.getByLabel("Which one").selectOption({ label: "Vault" });
    await page.getByText("emmy may not launch Vault").waitFor();
    await look(page, "why-wide-light");
    await page.getByLabel("May they").selectOption({ label: "ask for access to it" });
    await page.getByText("emmy may ask for access to Vault").waitFor();
    await page.reload();
    await page.getByText("emmy may ask for access to Vault").waitFor();

    await page.goto("/admin/tenants/new");
    await page.getByLabel("Name", { exact: true }).fill("North");
    await page.getByLabel("Short name").fill("North!");
    await page.getByLabel("Sessions together").fill("3");
    await page.getByLabel("First colour", { exact: true }).fill("#0f766e");
    await page.getByRole("button", { name: "Make the tenant" }).click();
    await page.getByText(/lower-case letters/).first().waitFor();
    await page.getByLabel("Short name").fill("north");
    await look(page, "tenant-new-wide-light");
    await page.getByRole("button", { name: "Make the tenant" }).click();
    const add = page.getByRole("combobox", { name: "Add somebody" });
    await add.fill("emmy");
    await page.getByRole("option", { name: /Emmy/ }).click();
    const roles = page.getByRole("group", { name: "Roles of Emmy Noether" });
    await roles.getByLabel("Tenant administrator").click();
    await waitFor("the role to be given", async () => {
      const [it] = await (await site.server.api("/api/admin/tenants")).json().then((all) => all.filter(({ slug }) => slug === "north"));
      const members = await (await site.server.api(`/api/admin/tenants/${it.id}/members`)).json();
      return members.some(({ username, roles }) => username === "emmy" && roles.includes("tenant-admin"));
    });
    await look(page, "tenant-wide-light");
  });
  await site.as(emmy, PHONE_DARK, async (page) => {
    const switcher = page.getByRole("button", { name: /^Tenant:/ });
    await switcher.waitFor();
    await look(page, "catalog-two-tenants-phone-dark");
    await switcher.click();
    await page.getByRole("menuitemradio", { name: /North/ }).click();
    await page.getByRole("button", { name: /^Tenant: North/ }).waitFor();
    await page.getByRole("heading", { name: "Your catalog starts here" }).waitFor();
    await look(page, "tenant-catalog-phone-dark");
    await page.goto("/admin/tenants");
    await page.getByRole("link", { name: /North/ }).waitFor();
    await look(page, "tenants-phone-dark");
    // Whoever signs in next in this browser is not in that tenant.
    await site.server.api(`/api/admin/tenants/${(await (await site.server.api("/api/admin/tenants")).json()).find((it) => it.slug === "north").id}/members/${emmy.id}`, "DELETE");
    await page.goto("/");
    await page.getByRole("button", { name: "Launch Terminal" }).first().waitFor();
  });
});

test("every page about people is usable by everybody, on every screen, by day and by night", () =>
  site.lookAround(ADMIN, ["/settings/security", "/requests", "/admin/categories", "/admin/categories/new", "/admin/requests?show=all", "/admin/users", "/admin/access", "/admin/tenants", "/admin/tenants/default"]));
