import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER, sampleApp } from "@/testing/samples";
import { stubApi } from "@/testing/stub-api";
import { AccessPage } from "./access-page";

const GRACE = { id: "u2", username: "grace", display_name: "Grace" };

function explained(decision: "granted" | "denied" | "hidden") {
  return { decision, rule: "app_not_approved", because: "the app is for approved people", action: "launch_app", object: { kind: "app", id: "vault" }, principal: { id: "u2", username: "grace" } };
}

it("asks what the form says, and says which rule decided", async () => {
  const calls = stubApi({
    "GET /api/auth/me": { ...SAMPLE_USER, roles: ["admin"] },
    "GET /api/apps": [sampleApp({ id: "vault", name: "Vault" })],
    "GET /api/users": [GRACE],
    "GET /api/access/explain": explained("denied"),
  });
  const user = userEvent.setup();
  renderPage(<AccessPage />, { path: "/admin/access" });
  await screen.findByRole("option", { name: "Vault" });
  await user.selectOptions(screen.getByLabelText("Which one"), "Vault");
  await screen.findByText("grace may not launch Vault");
  await user.type(screen.getByRole("combobox", { name: "Who" }), "gra");
  await user.click(await screen.findByRole("option", { name: /Grace/ }));
  await screen.findByText("the app is for approved people");
  expect(calls.map(({ path }) => path)).toContain("/api/access/explain?action=launch_app&app_id=vault&user_id=u2");
});

it("opens with the question of the address", async () => {
  stubApi({
    "GET /api/auth/me": { ...SAMPLE_USER, roles: ["admin"] },
    "GET /api/apps": [sampleApp({ id: "vault", name: "Vault" })],
    "GET /api/users": [GRACE],
    "GET /api/access/explain?action=view_app&app_id=vault&user_id=u2": explained("hidden"),
  });
  renderPage(<AccessPage />, { path: "/admin/access", at: "/admin/access?about=app_id&id=vault&action=view_app&user=u2" });
  await screen.findByText("grace may not see Vault, and is not told that it exists");
});
