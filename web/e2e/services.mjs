/** What an operator does about the machine's services, in the browser, against the real server with a simulated engine. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN } from "./server.mjs";
import { look, openSite } from "./visit.mjs";

const WEB = { serviceId: 1, serviceName: "web", config: { image: "nginx:1.27", ports: ["8080:80"] } };
const target = (image) => ({ apps: { 1001: { appName: "Web Server", services: [{ ...WEB, config: { ...WEB.config, image } }] } } });

const site = openSite({ env: { SORTIE_SERVICES: "true" } });

async function want(page, document) {
  await page.goto("/admin/services/target");
  await page.getByLabel("Target", { exact: true }).fill(JSON.stringify(document));
  await page.getByRole("button", { name: "Set the target" }).click();
  await page.getByRole("heading", { name: "Services", exact: true }).waitFor();
}

test("a target is planned, set, followed until it is as wanted, changed, and wanted again", async () => {
  await site.as(ADMIN, {}, async (page) => {
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
    await page.getByText("nginx:1.27").first().waitFor();
    await look(page, "services-applied");

    await want(page, target("nginx:1.28"));
    await page.getByText("nginx:1.28").first().waitFor();
    await page.getByText("Everything is as wanted.").waitFor();
    await page.getByRole("link", { name: "History" }).click();
    await page.getByRole("heading", { name: "History", exact: true }).waitFor();
    await page.getByText("nginx:1.28").first().waitFor();
    await look(page, "services-history");
    await page.getByRole("list", { name: "Kept states" }).getByRole("button").nth(1).click();
    await page.getByRole("button", { name: "Back to this one" }).click();
    await page.getByRole("button", { name: "Want this again" }).click();
    await page.getByText(/is wanted again$/).waitFor();
    await page.getByRole("link", { name: "What runs" }).click();
    await page.getByText("nginx:1.27").first().waitFor();
    await page.getByText("Everything is as wanted.").waitFor();

    await page.getByRole("link", { name: "Logs of web" }).click();
    await page.getByLabel("Service", { exact: true }).waitFor();
    assert.equal(await page.getByLabel("Service", { exact: true }).inputValue(), "web");
    await look(page, "services-logs");
  });
});

test("a secret is set, taken by a service, replaced and forgotten, and the page never shows it", async () => {
  await site.as(ADMIN, {}, async (page) => {
    const canary = "canary-of-a-secret";
    await page.goto("/admin/services/secrets");
    await page.getByRole("heading", { name: "No secrets" }).waitFor();
    await page.getByRole("button", { name: "New secret" }).click();
    await page.getByLabel("Name", { exact: true }).fill("no name");
    await page.getByLabel("Value", { exact: true }).fill(canary);
    await look(page, "services-secret-new");
    await page.getByRole("button", { name: "Set the secret" }).click();
    await page.getByText(/must be a name of letters/).first().waitFor();
    await page.getByLabel("Name", { exact: true }).fill("db");
    await page.getByRole("button", { name: "Set the secret" }).click();
    await page.getByText(/^Set once, last/).waitFor();
    const service = { ...WEB, config: { ...WEB.config, environment: { PASSWORD: { secret: "db" } } } };
    await want(page, { apps: { 1001: { appName: "Web Server", services: [service] } } });
    await page.getByText("Everything is as wanted.").waitFor();
    await page.goto("/admin/services/secrets");
    await page.getByRole("button", { name: "Replace db" }).click();
    await page.getByLabel("Value", { exact: true }).fill(`${canary}-2`);
    await page.getByRole("button", { name: "Set the secret" }).click();
    await page.getByText(/^Set 2 times, last/).waitFor();
    await look(page, "services-secrets");
    assert.ok(!(await page.content()).includes(canary), "no value comes back");
    await page.getByRole("button", { name: "Forget db" }).click();
    await page.getByRole("button", { name: "Forget it" }).click();
    await page.getByRole("heading", { name: "No secrets" }).waitFor();
    await page.goto("/admin/services/history?type=settings");
    await page.getByText("SORTIE_SERVICES").first().waitFor();
    await look(page, "services-history-settings");
    assert.ok(!(await page.content()).includes(ADMIN.password), "settings are shown without secrets");
  });
});

test("every page of services is usable by everybody, on every screen, by day and by night", () =>
  site.lookAround(ADMIN, ["/admin/services", "/admin/services/target", "/admin/services/secrets", "/admin/services/history", "/admin/services/history?type=settings", "/admin/services/logs"]));
