import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { Refused, stubApi } from "@/testing/stub-api";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER } from "@/testing/samples";
import { SignInPage } from "./sign-in-page";

const CONFIG = { tenant_name: "Acme", logo_url: "", primary_color: "", secondary_color: "", sign_in: { allowed: true, remedy: null }, runtime: null };
const NOBODY = new Refused(401, { title: "Sign in first", code: "not_signed_in" });

async function enter(name: string, password: string) {
  await userEvent.type(await screen.findByLabelText("User name"), name);
  await userEvent.type(screen.getByLabelText("Password"), password);
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

it("goes on to where the person wanted to be", async () => {
  stubApi({ "GET /api/auth/me": NOBODY, "GET /api/config": CONFIG, "POST /api/auth/login": { user: SAMPLE_USER } });
  renderPage(<SignInPage />, { path: "/sign-in", at: "/sign-in?next=%2Fsessions%2Fs1" });
  await enter("ada", "secret");
  await screen.findByText("Now at /sessions/s1");
});

it("says what an administrator wrote for whoever comes", async () => {
  stubApi({ "GET /api/auth/me": NOBODY, "GET /api/config": { ...CONFIG, sign_in_notice: "Ask Grace for an account." } });
  renderPage(<SignInPage />, { path: "/sign-in" });
  await screen.findByText("Ask Grace for an account.");
});

it("stores no token anywhere", async () => {
  stubApi({ "GET /api/auth/me": NOBODY, "GET /api/config": CONFIG, "POST /api/auth/login": { user: SAMPLE_USER } });
  renderPage(<SignInPage />, { path: "/sign-in" });
  await enter("ada", "secret");
  await screen.findByText("Now at /");
  expect(Object.keys(window.localStorage).filter((key) => !/^sortie-(?:branding|theme|collapsed|favorites|recents)$/.test(key))).toEqual([]);
  expect(window.sessionStorage.length).toBe(0);
});

it("says that name or password is wrong, and keeps what was typed", async () => {
  stubApi({ "GET /api/auth/me": NOBODY, "GET /api/config": CONFIG, "POST /api/auth/login": new Refused(401, { title: "No", code: "invalid_credentials" }) });
  renderPage(<SignInPage />, { path: "/sign-in" });
  await enter("ada", "wrong");
  expect(await screen.findByRole("alert")).toHaveTextContent("User name or password is wrong.");
  expect(screen.getByLabelText("User name")).toHaveValue("ada");
});

it("counts down after too many tries", async () => {
  stubApi({ "GET /api/auth/me": NOBODY, "GET /api/config": CONFIG, "POST /api/auth/login": new Refused(429, { title: "Wait", code: "too_many_attempts" }, { "retry-after": "42" }) });
  renderPage(<SignInPage />, { path: "/sign-in" });
  await enter("ada", "wrong");
  expect(await screen.findByRole("alert")).toHaveTextContent(/try again in 4[12] s/);
});

it("tells the remedy where sign-in is not possible", async () => {
  stubApi({ "GET /api/auth/me": NOBODY, "GET /api/config": { ...CONFIG, sign_in: { allowed: false, remedy: "Use https." } } });
  renderPage(<SignInPage />, { path: "/sign-in" });
  expect(await screen.findByText("Use https.")).toBeInTheDocument();
});
