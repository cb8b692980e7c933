import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Explanation, Verdict } from "@/api/wire-services";
import { renderPage } from "@/testing/render-page";
import { Refused, stubApi } from "@/testing/stub-api";
import { HistoryPage } from "./history-page";
import { SecretsPage } from "./secrets-page";
import { ServicesLayout } from "./services-layout";
import { ServicesPage } from "./services-page";
import { TargetPage } from "./target-page";

const ENGINE = { version: "1", dockerMode: "real", engine: { kind: "docker", version: "27.1", limits: [{ name: "memory", enforced: true }, { name: "disk", enforced: false }] } };

function verdict(more: Partial<Verdict>): Verdict {
  return {
    appId: 1001,
    appName: "Web Server",
    serviceId: 1,
    serviceName: "web",
    image: "nginx:1.27",
    status: "running",
    standing: "applied",
    why: "the engine shows it running as wanted",
    next: "nothing",
    ...more,
  };
}

function explanation(services: Verdict[], more: Partial<Explanation> = {}): Explanation {
  const applied = services.every((it) => it.standing === "applied");
  return { applied, isReconciling: false, awaitsApply: false, services, steps: [], ...more };
}

it("says for each service how it stands, and of one that fails why, what is next, and what helps", async () => {
  const failing = verdict({
    serviceId: 2,
    serviceName: "db",
    standing: "gave_up",
    status: "stopped",
    why: "there is no such image (given up after 8 attempts)",
    next: "nothing until the target changes or a pass is asked for",
    remedy: "correct the image's name",
  });
  stubApi({ "GET /api/v1/": ENGINE, "GET /api/v1/state/explain": explanation([verdict({}), failing]) });
  renderPage(<ServicesPage />, { path: "/admin/services" });
  await screen.findByText(/on docker 27\.1\. Not limited there: disk\./);
  const [web, db] = (await screen.findAllByRole("listitem")).map((row) => within(row));
  expect(web?.getByText("As wanted")).toBeVisible();
  expect(web?.queryByText(/Next:/)).toBeNull();
  expect(db?.getByText("Given up")).toBeVisible();
  expect(db?.getByText(/There is no such image .* Next: nothing until/)).toBeVisible();
  expect(db?.getByText("Correct the image's name.")).toBeVisible();
});

it("asks for the plan to be applied where nothing is done without being asked", async () => {
  const pending = verdict({ standing: "pending", status: "stopped", why: "it is not there yet", next: "download image" });
  const calls = stubApi({
    "GET /api/v1/": ENGINE,
    "GET /api/v1/state/explain": explanation([pending], { awaitsApply: true }),
    "POST /api/v1/state/apply": { status: "started", message: "A pass runs" },
  });
  const user = userEvent.setup();
  renderPage(<ServicesPage />, { path: "/admin/services" });
  await screen.findByText("The plan waits until you apply it.");
  await user.click(screen.getByRole("button", { name: "Apply the plan" }));
  await expect.poll(() => calls.some(({ path }) => path === "/api/v1/state/apply")).toBe(true);
});

it("tells of a simulation, and of a server that looks after no services", async () => {
  stubApi({ "GET /api/v1/": { ...ENGINE, dockerMode: "simulated" } });
  const first = renderPage(<ServicesLayout />, { path: "/admin/services" });
  await screen.findByText(/A simulation: nothing runs/);
  first.unmount();
  stubApi({ "GET /api/v1/": new Refused(404, { title: "No such engine", code: "not_found" }) });
  renderPage(<ServicesLayout />, { path: "/admin/services" });
  await screen.findByText("This server looks after no services");
});

it("shows what a target would take before it can be set, and what is wrong with it", async () => {
  const steps = [{ step: "download image", object: "nginx:1.28", appId: 1001 }];
  let rule: string | null = "must be a text";
  const calls = stubApi({
    "GET /api/v1/state/target": { apps: {} },
    "POST /api/v1/state/target?dry_run=true": () =>
      rule ? new Refused(422, { title: "That cannot be wanted", code: "invalid", errors: [{ field: "apps.1001.appName", rule }] }) : { steps, services: [] },
    "POST /api/v1/state/target": { snapshot: 2 },
  });
  const user = userEvent.setup();
  renderPage(<TargetPage />, { path: "/admin/services/target" });
  const area = await screen.findByLabelText("Target");
  await screen.findByText("apps.1001.appName");
  expect(screen.getByRole("button", { name: "Set the target" })).toBeDisabled();
  rule = null;
  await user.clear(area);
  await user.type(area, "{{");
  await screen.findByText("This is no JSON yet.");
  await user.type(area, '"apps":{{}}');
  await screen.findByText("download image");
  await user.click(screen.getByRole("button", { name: "Set the target" }));
  await screen.findByText("Now at /admin/services");
  expect(calls).toContainEqual({ method: "POST", path: "/api/v1/state/target", body: { apps: {} } });
});

it("shows what a kept target changed, and wants it again only after a question", async () => {
  const heads = [3, 2].map((id) => ({ id, type: "target", createdAt: "2026-11-01T10:00:00Z" }));
  const calls = stubApi({
    "GET /api/v1/state/history": heads,
    "GET /api/v1/state/history/3": { ...heads[0], state: { apps: {} }, differences: [{ path: "apps.1001", before: "old", after: null }] },
    "GET /api/v1/state/history/2": { ...heads[1], state: { apps: {} } },
    "POST /api/v1/state/history/2/restore": { snapshot: 4 },
  });
  const user = userEvent.setup();
  renderPage(<HistoryPage />, { path: "/admin/services/history" });
  await screen.findByText("apps.1001");
  expect(screen.queryByRole("button", { name: "Back to this one" })).toBeNull();
  await user.click(screen.getByRole("button", { name: /^#2/ }));
  await user.click(await screen.findByRole("button", { name: "Back to this one" }));
  expect(calls.some(({ method }) => method === "POST")).toBe(false);
  await user.click(await screen.findByRole("button", { name: "Want this again" }));
  await expect.poll(() => calls.some(({ path }) => path.endsWith("/2/restore"))).toBe(true);
});

it("shows with which settings the server began, and offers no way back to them", async () => {
  const head = { id: 5, type: "settings", createdAt: "2026-11-01T10:00:00Z" };
  const older = { ...head, id: 4 };
  stubApi({
    "GET /api/v1/state/history?type=settings&limit=50": [head, older],
    "GET /api/v1/state/history/4": { ...older, state: { settings: {} } },
    "GET /api/v1/state/history/5": {
      ...head,
      state: { settings: {} },
      differences: [{ path: "settings.SORTIE_ENGINE.value", before: "unix:///var/run/docker.sock", after: "unix:///run/podman/podman.sock" }],
    },
  });
  const user = userEvent.setup();
  renderPage(<HistoryPage />, { path: "/admin/services/history", at: "/admin/services/history?type=settings" });
  await screen.findByText("settings.SORTIE_ENGINE.value");
  await user.click(screen.getByRole("button", { name: /^#4/ }));
  await screen.findByText("Settings #4");
  expect(screen.queryByRole("button", { name: "Back to this one" })).toBeNull();
});

it("sets and forgets secrets, and never shows one", async () => {
  const kept = { name: "db", revision: 2, updatedAt: "2026-11-01T10:00:00Z" };
  const calls = stubApi({
    "GET /api/v1/secrets": [kept],
    "PUT /api/v1/secrets/db": { ...kept, revision: 3 },
    "PUT /api/v1/secrets/mail.key": { name: "mail.key", revision: 1, updatedAt: kept.updatedAt },
    "DELETE /api/v1/secrets/db": null,
  });
  const user = userEvent.setup();
  renderPage(<SecretsPage />, { path: "/admin/services/secrets" });
  await screen.findByText(/Set 2 times/);
  await user.click(screen.getByRole("button", { name: "New secret" }));
  expect(screen.getByRole("button", { name: "Set the secret" })).toBeDisabled();
  await user.type(screen.getByLabelText("Name"), " mail.key ");
  await user.type(screen.getByLabelText("Value"), "canary one");
  await user.click(screen.getByRole("button", { name: "Set the secret" }));
  await expect.poll(() => calls).toContainEqual({ method: "PUT", path: "/api/v1/secrets/mail.key", body: { value: "canary one" } });
  await expect.poll(() => screen.queryByLabelText("Value")).toBeNull();
  await user.click(screen.getByRole("button", { name: "Replace db" }));
  await user.type(screen.getByLabelText("Value"), "canary two");
  await user.click(screen.getByRole("button", { name: "Set the secret" }));
  await expect.poll(() => calls).toContainEqual({ method: "PUT", path: "/api/v1/secrets/db", body: { value: "canary two" } });
  expect(document.body.textContent).not.toContain("canary");
  await user.click(await screen.findByRole("button", { name: "Forget db" }));
  await user.click(await screen.findByRole("button", { name: "Forget it" }));
  await expect.poll(() => calls.some(({ method }) => method === "DELETE")).toBe(true);
});
