import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Refused, stubApi } from "@/testing/stub-api";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER, sampleApp } from "@/testing/samples";
import { AppEditor } from "./app-editor";
import { EditAppPage } from "./edit-app-page";

const AUTHOR = { "GET /api/auth/me": { ...SAMPLE_USER, roles: ["app-author"] } };

const category = (id: string, name: string, can_manage: boolean) => ({ id, name, description: "", tenant_id: "default", can_manage, created_at: "", updated_at: "" });

/** Administers Tools, and nothing else. */
const MANAGER = {
  "GET /api/auth/me": { ...SAMPLE_USER, admin_categories: ["tools"] },
  "GET /api/categories": [category("links", "Links", false), category("tools", "Tools", true)],
};

it("shows the server's rule beside the field that broke it", async () => {
  stubApi({
    ...AUTHOR,
    "GET /api/apps": [],
    "POST /api/apps": new Refused(422, { title: "Cannot be saved", code: "invalid_app", errors: [{ field: "category", rule: "Too long" }] }),
  });
  renderPage(<AppEditor app={null} />);
  await userEvent.type(screen.getByLabelText("Name"), "My Clock");
  expect(screen.getByLabelText("Id")).toHaveValue("my-clock");
  await userEvent.type(await screen.findByLabelText("Command"), "xclock");
  await userEvent.click(screen.getByRole("button", { name: "Add to the catalog" }));
  await screen.findByText("Cannot be saved");
  expect(screen.getByLabelText("Category")).toHaveAccessibleDescription("Too long");
});

it("sends nothing while a field is wrong by itself", async () => {
  const calls = stubApi({ ...AUTHOR, "GET /api/apps": [] });
  renderPage(<AppEditor app={null} />);
  await userEvent.click(screen.getByRole("button", { name: "Add to the catalog" }));
  expect(screen.getByLabelText("Name")).toHaveAccessibleDescription("An app needs a name");
  expect(calls.some((call) => call.method === "POST")).toBe(false);
});

it("shows what changes before it saves, and saves against the version that was read", async () => {
  const app = sampleApp({ version: 7 });
  const calls = stubApi({ ...AUTHOR, "GET /api/apps": [app], "PUT /api/apps/terminal": app });
  renderPage(<AppEditor app={app} />);
  const description = screen.getByLabelText("Description");
  await userEvent.clear(description);
  await userEvent.type(description, "Another shell.");
  await userEvent.click(screen.getByRole("button", { name: "Review 1 change" }));
  const dialog = await screen.findByRole("dialog");
  expect(dialog).toHaveTextContent("A shell.");
  expect(dialog).toHaveTextContent("Another shell.");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Now at /admin/apps");
  expect(calls.find((call) => call.method === "PUT")?.body).toMatchObject({ description: "Another shell." });
});

it("makes the host network look as dangerous as it is", async () => {
  stubApi({ ...AUTHOR, "GET /api/apps": [] });
  renderPage(<AppEditor app={null} />);
  await userEvent.click(await screen.findByLabelText("Use the server's own network"));
  expect(screen.getByLabelText("Use the server's own network")).toHaveAccessibleDescription(/trusted people only/);
});

it("says where the files are, and keeps what is said of them when they are to stay", async () => {
  const app = sampleApp({ workspace: { kind: "volume", size: "2Gi", storage_class: "fast" } });
  const calls = stubApi({ ...AUTHOR, "PUT /api/apps/terminal": app });
  renderPage(<AppEditor app={app} />);
  const files = await screen.findByLabelText("What becomes of them");
  expect(files).toHaveDisplayValue("Gone when the session ends, on a volume of their own");
  expect(screen.getByLabelText("Storage class")).toHaveValue("fast");
  await userEvent.selectOptions(files, "Kept for each person");
  await userEvent.clear(screen.getByLabelText("Size"));
  await userEvent.type(screen.getByLabelText("Size"), "many");
  await userEvent.click(screen.getByRole("button", { name: /^Review/ }));
  expect(screen.getByLabelText("Size")).toHaveAccessibleDescription("Bytes such as 500Mi or 5Gi");
  await userEvent.clear(screen.getByLabelText("Size"));
  await userEvent.type(screen.getByLabelText("Size"), "5Gi");
  await userEvent.click(screen.getByRole("button", { name: /^Review/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Save" }));
  await screen.findByText("Now at /admin/apps");
  expect(calls.find(({ method }) => method === "PUT")?.body).toMatchObject({ workspace: { kind: "persistent", size: "5Gi", storage_class: "fast" } });
});

it("writes the addresses that an app may reach, one on a line, and says which line is wrong", async () => {
  const app = sampleApp();
  const refusal = new Refused(422, { title: "Cannot be saved", code: "invalid", errors: [{ field: "egress_policy.rules[1].cidr", rule: "must have no bits set behind the prefix" }] });
  const calls = stubApi({ ...AUTHOR, "PUT /api/apps/terminal": refusal });
  renderPage(<AppEditor app={app} />);
  await userEvent.selectOptions(await screen.findByLabelText("Addresses that it may reach"), "Only these");
  const lines = screen.getByLabelText("Addresses");
  await userEvent.type(lines, "10.0.0.0/8 443 tcp\n2001:db8::1/32 web");
  await userEvent.click(screen.getByRole("button", { name: /^Review/ }));
  expect(lines).toHaveAccessibleDescription(/^Line 2: a network such as/);
  await userEvent.type(lines, "{Backspace}{Backspace}{Backspace}");
  await userEvent.click(screen.getByRole("button", { name: /^Review/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Save" }));
  await waitFor(() => expect(lines).toHaveAccessibleDescription("Line 2: must have no bits set behind the prefix"));
  expect(calls.find(({ method }) => method === "PUT")?.body).toMatchObject({
    egress_policy: { mode: "allowlist", rules: [{ cidr: "10.0.0.0/8", port: 443, protocol: "TCP" }, { cidr: "2001:db8::1/32", port: 0, protocol: "" }] },
  });
});

it("says nothing of files that are as every app's", async () => {
  const app = sampleApp({ workspace: { kind: "volume", size: "", storage_class: "fast" } });
  const calls = stubApi({ ...AUTHOR, "PUT /api/apps/terminal": app });
  renderPage(<AppEditor app={app} />);
  await userEvent.selectOptions(await screen.findByLabelText("What becomes of them"), "Gone when the session ends");
  expect(screen.queryByLabelText("Storage class")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: /^Review/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Save" }));
  await screen.findByText("Now at /admin/apps");
  expect(calls.find(({ method }) => method === "PUT")?.body).toMatchObject({ workspace: null });
});

it("lets the administrator of a category change how an app is shown without saying what runs in it", async () => {
  // As the server shows it to whoever may not see what runs.
  const app = sampleApp({ command: [], visibility: "approved" });
  const calls = stubApi({ ...MANAGER, "GET /api/apps": [app], "GET /api/apps/terminal": app, "PUT /api/apps/terminal": app });
  renderPage(<EditAppPage />, { path: "/admin/apps/:id", at: "/admin/apps/terminal" });
  await userEvent.type(await screen.findByLabelText("Description"), " For the shed.");
  await screen.findByText(/leaves all of that as it is/);
  expect(screen.queryByLabelText("Command")).toBeNull();
  await userEvent.click(screen.getByRole("button", { name: "Review 1 change" }));
  await userEvent.click(await screen.findByRole("button", { name: "Save" }));
  await screen.findByText("Now at /admin/apps");
  expect(calls.find(({ method }) => method === "PUT")?.body).toMatchObject({ description: "A shell. For the shed.", command: [] });
});

it("lets the administrator of a category add links to it", async () => {
  const calls = stubApi({ ...MANAGER, "GET /api/apps": [], "POST /api/apps": sampleApp() });
  renderPage(<AppEditor app={null} />);
  const choice = await screen.findByLabelText("Category");
  await waitFor(() => expect(choice).toHaveDisplayValue("Tools"));
  expect(screen.queryByRole("option", { name: "Links" })).toBeNull();
  await userEvent.type(screen.getByLabelText("Name"), "Wiki");
  await userEvent.type(screen.getByLabelText("Address"), "https://example.org/");
  await userEvent.click(screen.getByRole("button", { name: "Add to the catalog" }));
  await screen.findByText("Now at /admin/apps");
  expect(calls.find(({ method }) => method === "POST")?.body).toMatchObject({ id: "wiki", launch_type: "url", category: "Tools" });
});

it("shows no form of an app that one may not change", async () => {
  const app = sampleApp({ category_id: "links", category: "Links" });
  stubApi({ ...MANAGER, "GET /api/apps": [app], "GET /api/apps/terminal": app });
  renderPage(<EditAppPage />, { path: "/admin/apps/:id", at: "/admin/apps/terminal" });
  await screen.findByRole("heading", { level: 1, name: "Terminal is not yours to change" });
  expect(screen.queryByRole("button", { name: "Delete the app" })).toBeNull();
});

it("says how an image shows its own screen, and how many are kept ready", async () => {
  const app = sampleApp({ version: 3 });
  const calls = stubApi({ ...AUTHOR, "GET /api/apps": [app], "PUT /api/apps/terminal": app });
  renderPage(<AppEditor app={app} />);
  expect(screen.queryByLabelText("Port of the screen")).not.toBeInTheDocument();
  await userEvent.selectOptions(await screen.findByLabelText("Screen"), "The image's own, over WebSocket");
  expect(screen.getByLabelText("Port of the screen")).toHaveValue(6080);
  await userEvent.clear(screen.getByLabelText("Path of the screen"));
  await userEvent.type(screen.getByLabelText("Path of the screen"), "/screen");
  await userEvent.type(screen.getByLabelText("Kept ready"), "2");
  await userEvent.click(screen.getByRole("button", { name: /^Review/ }));
  await userEvent.click(await screen.findByRole("button", { name: "Save" }));
  await screen.findByText("Now at /admin/apps");
  const saved = calls.find((call) => call.method === "PUT")?.body;
  expect(saved).toMatchObject({ warm_pool: 2, display: { protocol: "websocket", port: 6080, path: "/screen" } });
});
