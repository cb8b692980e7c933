import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Member, Tenant } from "@/api/wire-access";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER } from "@/testing/samples";
import { Refused, stubApi, type Answer } from "@/testing/stub-api";
import { EMPTY_TENANT } from "./tenant-draft";
import { TenantPage } from "./tenant-page";

const NORTH: Tenant = { ...EMPTY_TENANT, id: "t2", name: "North", slug: "north", created_at: "2026-11-21T10:00:00Z", updated_at: "2026-11-21T10:00:00Z" };
const GRACE: Member = { id: "u2", username: "grace", display_name: "Grace", roles: ["user"], account_roles: [], at_home: false };
const LOCAL: Member = { id: "u3", username: "lise", display_name: "", roles: [], account_roles: ["admin", "user"], at_home: true };

function show(role: "admin" | "tenant-admin", table: Record<string, Answer> = {}) {
  const calls = stubApi({
    "GET /api/auth/me": { ...SAMPLE_USER, roles: [role] },
    "GET /api/admin/tenants/t2": NORTH,
    "GET /api/admin/tenants/t2/members": [GRACE, LOCAL],
    ...table,
  });
  renderPage(<TenantPage />, { path: "/admin/tenants/:id", at: "/admin/tenants/t2" });
  return { calls, user: userEvent.setup() };
}

it("gives a member another role, and keeps the ones they have", async () => {
  const { calls, user } = show("admin", { "POST /api/admin/tenants/t2/members": { ...GRACE, roles: ["user", "auditor"] } });
  const roles = within(await screen.findByRole("group", { name: "Roles of Grace" }));
  await user.click(roles.getByLabelText("Auditor"));
  expect(calls).toContainEqual({ method: "POST", path: "/api/admin/tenants/t2/members", body: { user_id: "u2", roles: ["user", "auditor"] } });
});

it("leaves what the account gives to the account, and sends the membership's roles only", async () => {
  const { calls, user } = show("admin", { "POST /api/admin/tenants/t2/members": { ...LOCAL, roles: ["auditor"] } });
  const roles = within(await screen.findByRole("group", { name: "Roles of lise" }));
  expect(roles.getByLabelText("User")).toBeChecked();
  expect(roles.getByLabelText("User")).toBeDisabled();
  screen.getByText("Administrator");
  await user.click(roles.getByLabelText("Auditor"));
  expect(calls).toContainEqual({ method: "POST", path: "/api/admin/tenants/t2/members", body: { user_id: "u3", roles: ["auditor"] } });
});

it("offers to remove members, but not people who live there", async () => {
  show("admin");
  await screen.findByRole("button", { name: "Remove Grace" });
  expect(screen.queryByRole("button", { name: "Remove lise" })).toBeNull();
});

it("leaves limits and new members to administrators of the installation", async () => {
  show("tenant-admin");
  await screen.findByRole("group", { name: "Roles of Grace" });
  expect(screen.getByLabelText("Sessions together")).toBeDisabled();
  expect(screen.getByLabelText("Shown name")).toBeEnabled();
  expect(screen.getByRole("button", { name: "Remove Grace" })).toBeEnabled();
  expect(screen.queryByLabelText("Add somebody")).toBeNull();
  expect(screen.queryByRole("button", { name: "Delete" })).toBeNull();
});

it("shows the server's rule beside the colour that broke it", async () => {
  const { user } = show("admin", {
    "PUT /api/admin/tenants/t2": new Refused(422, { title: "No", code: "invalid", errors: [{ field: "settings.primary_color", rule: "must be a colour such as #0f766e" }] }),
  });
  await user.type(await screen.findByLabelText("First colour"), "teal");
  await user.click(screen.getByRole("button", { name: "Save" }));
  await screen.findByText("must be a colour such as #0f766e");
});
