/** What an operator does about the machine's services, in the browser, against the real server with a simulated engine. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { forgetEmptyShots, hindrances, openPage, PHONE, shoot, shots, startBrowser, WIDE } from "./browser.mjs";
import { ADMIN, startServer } from "./server.mjs";

const WEB = { serviceId: 1, serviceName: "web", config: { image: "nginx:1.27", ports: ["8080:80"] } };
const target = (image) => ({ apps: { 1001: { appName: "Web Server", services: [{ ...WEB, config: { ...WEB.config, image } }] } } });

let server, browser;

before(async () => {
  [server, browser] = await Promise.all([startServer({ env: { SORTIE_SERVICES: "true" } }), startBrowser()]);
});

after(async () => {
  await browser?.close();
  await server?.stop();
  forgetEmptyShots();
  console.log(`screenshots: ${shots}`);
});

/** Signs in as the administrator, does something, and fails if a page complained. */
async function asAdmin(options, act) {
  const { context, page, faults } = await openPage(browser, { url: server.url, ...options });
  try {
    await page.goto("/sign-in");
    await page.getByLabel("User name").fill(ADMIN.username);
    await page.getByLabel("Password", { exact: true }).fill(ADMIN.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("heading", { name: "Catalog" }).waitFor({ state: "attached" });
    await act(page);
    assert.deepEqual(faults, []);
  } catch (error) {
    await shoot(page, `failed-${Date.now()}`).catch(() => undefined);
    error.message += `\non ${page.url()} with ${JSON.stringify(faults)}`;
    throw error;
  } finally {
    await context.close();
  }
}

async function look(page, name) {
  await page.waitForFunction(() => document.querySelector("[data-skeleton]") === null);
  await shoot(page, name);
  const sideways = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(sideways <= 0, `${name} scrolls sideways by ${sideways} px`);
  assert.deepEqual(await hindrances(page), [], name);
}

async function want(page, document) {
  await page.goto("/admin/services/target");
  await page.getByLabel("Target", { exact: true }).fill(JSON.stringify(document));
  await page.getByRole("button", { name: "Set the target" }).click();
  await page.getByRole("heading", { name: "Services", exact: true }).waitFor();
}

test("a target is planned, set, followed until it is as wanted, changed, and wanted again", async () => {
  await asAdmin({}, async (page) => {
    await page.goto("/admin/services");
    await page.getByText("A simulation: nothing runs.").waitFor();
    await page.getByRole("heading", { name: "No services" }).waitFor();
    await look(page, "services-empty");

    await page.getByRole("link", { name: "Edit the target" }).click();
    const area = page.getByLabel("Target", { exact: true });
    await area.fill('{"apps":');
    await page.getByText("This is no JSON yet.").waitFor();
    await area.fill(JSON.stringify(target("")));
    await page.getByText(/^apps\.1001.*image$/).waitFor();
    assert.ok(await page.getByRole("button", { name: "Set the target" }).isDisabled(), "what is wrong cannot be set");
    await look(page, "services-target-wrong");
    await area.fill(JSON.stringify(target("nginx:1.27")));
    await page.getByText("download image").waitFor();
    await look(page, "services-target-planned");
    await page.getByRole("button", { name: "Set the target" }).click();
    await page.getByText("Everything is as wanted.").waitFor();
    await page.getByText("nginx:1.27").waitFor();
    await look(page, "services-applied");

    await want(page, target("nginx:1.28"));
    await page.getByText("nginx:1.28").waitFor();
    await page.getByText("Everything is as wanted.").waitFor();
    await page.getByRole("link", { name: "History" }).click();
    await page.getByText("nginx:1.28", { exact: true }).first().waitFor();
    await look(page, "services-history");
    await page.getByRole("list", { name: "Kept states" }).getByRole("button").nth(1).click();
    await page.getByRole("button", { name: "Back to this one" }).click();
    await page.getByRole("button", { name: "Want this again" }).click();
    await page.getByText(/is wanted again$/).waitFor();
    await page.getByRole("link", { name: "What runs" }).click();
    await page.getByText("nginx:1.27").waitFor();
    await page.getByText("Everything is as wanted.").waitFor();

    await page.getByRole("link", { name: "Logs of web" }).click();
    await page.getByLabel("Service", { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Service", { exact: true }).inputValue(), "web");
    await look(page, "services-logs");
  });
});

test("every page of services can be used on a phone and in the dark", async () => {
  for (const [name, options] of Object.entries({ phone: { viewport: PHONE }, dark: { viewport: WIDE, colorScheme: "dark" } })) {
    await asAdmin(options, async (page) => {
      for (const path of ["services", "services/target", "services/history", "services/logs"]) {
        await page.goto(`/admin/${path}`);
        await page.getByRole("navigation", { name: "Services" }).waitFor();
        await look(page, `${path.replace("/", "-")}-${name}`);
      }
    });
  }
});
