import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER } from "@/testing/samples";
import { Refused, stubApi } from "@/testing/stub-api";
import { ServerSettingsPage } from "./server-settings-page";

const CONFIG = { tenant_name: "Sortie", allow_registration: false, sign_in: { allowed: true, remedy: null } };

function serve(more: object = {}) {
  return stubApi({ "GET /api/auth/me": { ...SAMPLE_USER, roles: ["admin"] }, "GET /api/config": CONFIG, "GET /api/admin/settings": {}, ...more });
}

it("offers every setting where nothing is stored, as it counts now", async () => {
  serve({ "GET /api/config": { ...CONFIG, allow_registration: true } });
  renderPage(<ServerSettingsPage />);
  expect(await screen.findByLabelText("People may make accounts for themselves")).toBeChecked();
  expect(screen.getByLabelText("Share links may let in people without an account")).not.toBeChecked();
  expect(screen.getByLabelText("Share links may let people type")).toBeChecked();
  expect(screen.getByLabelText("People see when an administrator observes them")).toBeChecked();
  expect(screen.getByRole("button", { name: "Save" })).toBeDisabled();
});

it("writes what was changed, and nothing else", async () => {
  const calls = serve({ "GET /api/admin/settings": { observe_banner: "false" }, "PUT /api/admin/settings": { observe_banner: "false", guest_shares: "true" } });
  renderPage(<ServerSettingsPage />);
  const banner = await screen.findByLabelText("People see when an administrator observes them");
  expect(banner).not.toBeChecked();
  await userEvent.click(banner);
  await userEvent.click(banner);
  await userEvent.click(screen.getByLabelText("Share links may let in people without an account"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await waitFor(() => expect(calls.find(({ method }) => method === "PUT")?.body).toEqual({ guest_shares: "true" }));
});

it("asks only the first tenant about its door", async () => {
  serve({ "GET /api/auth/me": { ...SAMPLE_USER, roles: ["admin"], tenant_id: "north" } });
  renderPage(<ServerSettingsPage />);
  await screen.findByLabelText("Share links may let people type");
  expect(screen.queryByLabelText("People may make accounts for themselves")).toBeNull();
  expect(screen.queryByLabelText("Above the sign-in")).toBeNull();
});

it("says why the server refused", async () => {
  serve({ "PUT /api/admin/settings": new Refused(422, { title: "Cannot be saved", code: "invalid", errors: [{ field: "sign_in_notice", rule: "must be at most 2000 bytes long" }] }) });
  renderPage(<ServerSettingsPage />);
  await userEvent.type(await screen.findByLabelText("Above the sign-in"), "Hello");
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("Cannot be saved");
  expect(screen.getByLabelText("Above the sign-in")).toHaveAccessibleDescription("must be at most 2000 bytes long");
});
