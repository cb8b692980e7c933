import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { AccessToken, SecondFactor, SignIn } from "@/api/wire-accounts";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER } from "@/testing/samples";
import { Refused, stubApi, type Answer } from "@/testing/stub-api";
import { SecurityPage } from "./security-page";

const LINUX = "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0.0.0 Safari/537.36";

function signIn(more: Partial<SignIn>): SignIn {
  return {
    id: "a",
    client: "browser",
    user_agent: LINUX,
    source_ip: "192.0.2.7",
    created_at: "2026-11-20T10:00:00Z",
    last_used_at: "2026-11-21T10:00:00Z",
    expires_at: "2026-12-01T10:00:00Z",
    current: false,
    ...more,
  };
}

const OFF: SecondFactor = { enabled: false, confirmed_at: null, recovery_codes_left: 0 };
const ON: SecondFactor = { enabled: true, confirmed_at: "2026-11-21T10:00:00Z", recovery_codes_left: 10 };

function show(table: Record<string, Answer> = {}) {
  const calls = stubApi({
    "GET /api/auth/me": SAMPLE_USER,
    "GET /api/me/sign-ins": [signIn({ id: "here", current: true }), signIn({ id: "phone", user_agent: "Mozilla/5.0 (iPhone) Safari/604.1" })],
    "GET /api/me/tokens": [],
    "GET /api/me/second-factor": OFF,
    ...table,
  });
  renderPage(<SecurityPage />, { path: "/settings/security" });
  return { calls, user: userEvent.setup() };
}

it("marks the sign-in one is using, and ends another one", async () => {
  const { calls, user } = show({ "DELETE /api/me/sign-ins/phone": null });
  const row = (await screen.findByText("This one")).closest("li");
  expect(row).toHaveTextContent("Chrome on Linux");
  expect(within(row as HTMLElement).queryByRole("button")).toBeNull();
  await user.click(screen.getByRole("button", { name: "End the sign-in with Safari on iPhone" }));
  expect(calls).toContainEqual({ method: "DELETE", path: "/api/me/sign-ins/phone", body: undefined });
});

it("ends all others in one go", async () => {
  const { calls, user } = show({ "DELETE /api/me/sign-ins": null });
  await user.click(await screen.findByRole("button", { name: "End 1 other sign-in" }));
  expect(calls).toContainEqual({ method: "DELETE", path: "/api/me/sign-ins", body: undefined });
});

it("makes a token with the scopes that were ticked, and shows it once", async () => {
  const token: AccessToken = { id: "t", name: "Report", scopes: ["read", "sessions"], created_at: "2026-11-21T10:00:00Z", last_used_at: null, expires_at: "2026-12-21T10:00:00Z" };
  const { calls, user } = show({ "POST /api/me/tokens": { ...token, token: "sortie_pat_abc" } });
  await user.click(await screen.findByRole("button", { name: "New token" }));
  await user.type(screen.getByLabelText("What it is for"), "Report");
  await user.click(screen.getByLabelText("Sessions"));
  await user.click(screen.getByRole("button", { name: "Make the token" }));
  expect(await screen.findByLabelText("The token, shown only now")).toHaveValue("sortie_pat_abc");
  expect(calls).toContainEqual({ method: "POST", path: "/api/me/tokens", body: { name: "Report", scopes: ["read", "sessions"], expires_in_days: 30 } });
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(screen.queryByDisplayValue("sortie_pat_abc")).toBeNull();
});

it("sets up the second factor: password, code, and recovery codes that must be kept", async () => {
  let isOn = false;
  const { calls, user } = show({
    "GET /api/me/second-factor": () => (isOn ? ON : OFF),
    "POST /api/me/second-factor": { secret: "JBSWY3DPEHPK3PXP", otpauth_url: "otpauth://totp/Sortie:ada?secret=JBSWY3DPEHPK3PXP&issuer=Sortie" },
    "POST /api/me/second-factor/confirm": ({ body }) => {
      if ((body as { code: string }).code !== "123456") return new Refused(401, { title: "No", code: "invalid_code" });
      isOn = true;
      return { recovery_codes: ["aaaa-1111", "bbbb-2222"] };
    },
  });
  await user.click(await screen.findByRole("button", { name: "Set up" }));
  await user.type(within(screen.getByRole("dialog")).getByLabelText("Your password"), "secret sentence");
  await user.click(screen.getByRole("button", { name: "Continue" }));
  await screen.findByRole("img", { name: /scan/ });
  const code = screen.getByLabelText("The code that it shows");
  await user.type(code, "000000");
  await user.click(screen.getByRole("button", { name: "Switch it on" }));
  await screen.findByText(/code is not right/);
  await user.type(code, "123456");
  await user.click(screen.getByRole("button", { name: "Switch it on" }));
  await screen.findByText("aaaa-1111");
  expect(screen.getByRole("button", { name: "Done" })).toBeDisabled();
  await user.click(screen.getByLabelText("I have kept them"));
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(screen.queryByText("aaaa-1111")).toBeNull();
  await screen.findByText(/10 recovery codes left/);
  expect(calls).toContainEqual({ method: "POST", path: "/api/me/second-factor", body: { password: "secret sentence" } });
});

it("switches the second factor off with both factors, and says which one was wrong", async () => {
  const { user } = show({
    "GET /api/me/second-factor": { ...ON, recovery_codes_left: 2 },
    "POST /api/me/second-factor/disable": new Refused(422, { title: "No", code: "invalid", errors: [{ field: "password", rule: "is wrong" }] }),
  });
  await screen.findByText(/before the last one is used/);
  await user.click(screen.getByRole("button", { name: "Switch off" }));
  const dialog = within(screen.getByRole("dialog"));
  await user.type(dialog.getByLabelText("Your password"), "x");
  await user.type(dialog.getByLabelText("Code"), "123456");
  await user.click(dialog.getByRole("button", { name: "Switch off" }));
  await waitFor(() => expect(dialog.getByLabelText("Your password")).toHaveAccessibleDescription("is wrong"));
});

it("shows people of an identity provider neither a password nor a second factor, and asks for none", async () => {
  const { calls } = show({
    "GET /api/auth/me": { ...SAMPLE_USER, has_password: false },
    "GET /api/config": { sso_enabled: true, sso_name: "Example login" },
  });
  await screen.findByText(/You sign in with Example login/);
  await screen.findByText("This one");
  expect(screen.queryByRole("button", { name: "Set up" })).toBeNull();
  expect(screen.queryByLabelText("Current password")).toBeNull();
  expect(screen.queryByText(/change your password/)).toBeNull();
  expect(calls.some(({ path }) => path === "/api/me/second-factor")).toBe(false);
});
