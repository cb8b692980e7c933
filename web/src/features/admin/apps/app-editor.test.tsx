import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Refused, stubApi } from "@/testing/stub-api";
import { renderPage } from "@/testing/render-page";
import { sampleApp } from "@/testing/samples";
import { AppEditor } from "./app-editor";

it("shows the server's rule beside the field that broke it", async () => {
  stubApi({
    "GET /api/apps": [],
    "POST /api/apps": new Refused(422, { title: "Cannot be saved", code: "invalid_app", errors: [{ field: "category", rule: "Too long" }] }),
  });
  renderPage(<AppEditor app={null} />);
  await userEvent.type(screen.getByLabelText("Name"), "My Clock");
  expect(screen.getByLabelText("Id")).toHaveValue("my-clock");
  await userEvent.type(screen.getByLabelText("Command"), "xclock");
  await userEvent.click(screen.getByRole("button", { name: "Add to the catalog" }));
  await screen.findByText("Cannot be saved");
  expect(screen.getByLabelText("Category")).toHaveAccessibleDescription("Too long");
});

it("sends nothing while a field is wrong by itself", async () => {
  const calls = stubApi({ "GET /api/apps": [] });
  renderPage(<AppEditor app={null} />);
  await userEvent.click(screen.getByRole("button", { name: "Add to the catalog" }));
  expect(screen.getByLabelText("Name")).toHaveAccessibleDescription("An app needs a name");
  expect(calls.some((call) => call.method === "POST")).toBe(false);
});

it("shows what changes before it saves, and saves against the version that was read", async () => {
  const app = sampleApp({ version: 7 });
  const calls = stubApi({ "GET /api/apps": [app], "PUT /api/apps/terminal": app });
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
  stubApi({ "GET /api/apps": [] });
  renderPage(<AppEditor app={null} />);
  await userEvent.click(screen.getByLabelText("Use the server's own network"));
  expect(screen.getByLabelText("Use the server's own network")).toHaveAccessibleDescription(/trusted people only/);
});
