import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { Account } from "@/api/wire";
import { renderPage } from "@/testing/render-page";
import { stubApi } from "@/testing/stub-api";
import { AccountSecurity } from "./account-security";

const GRACE: Account = {
  id: "u2",
  username: "grace",
  email: "",
  display_name: "Grace",
  roles: ["user"],
  disabled: false,
  auth_provider: "local",
  second_factor: true,
  created_at: "2026-11-01T10:00:00Z",
  last_sign_in_at: null,
};

function show(account: Account) {
  const calls = stubApi({
    "GET /api/admin/users/u2/sign-ins": [],
    "POST /api/admin/users/u2/reset": { url: "https://sortie.example/reset#abc", expires_at: "2026-11-22T10:00:00Z" },
    "DELETE /api/admin/users/u2/second-factor": null,
    "DELETE /api/admin/users/u2/sign-ins": null,
  });
  renderPage(<AccountSecurity account={account} />);
  return { calls, user: userEvent.setup() };
}

it("shows a reset link once it was made", async () => {
  const { user } = show(GRACE);
  await user.click(screen.getByRole("button", { name: "Make a reset link" }));
  expect(await screen.findByLabelText("The link, shown only now")).toHaveValue("https://sortie.example/reset#abc");
});

it("switches somebody's second factor off only when that was confirmed", async () => {
  const { calls, user } = show(GRACE);
  await user.click(screen.getByRole("button", { name: "Switch off" }));
  const removal = { method: "DELETE", path: "/api/admin/users/u2/second-factor", body: undefined };
  expect(calls).not.toContainEqual(removal);
  await user.click(screen.getByRole("button", { name: "Switch off" }));
  expect(calls).toContainEqual(removal);
});

it("offers no reset link where the password is kept elsewhere", () => {
  show({ ...GRACE, auth_provider: "oidc", second_factor: false });
  expect(screen.queryByRole("button", { name: "Make a reset link" })).toBeNull();
  expect(screen.queryByRole("button", { name: "Switch off" })).toBeNull();
});

it("signs somebody out everywhere", async () => {
  const { calls, user } = show(GRACE);
  await user.click(await screen.findByRole("button", { name: "Sign them out everywhere" }));
  await user.click(screen.getByRole("button", { name: "Sign them out" }));
  expect(calls).toContainEqual({ method: "DELETE", path: "/api/admin/users/u2/sign-ins", body: undefined });
});
