import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it } from "vitest";
import { Refused, stubApi } from "@/testing/stub-api";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER, sampleSession } from "@/testing/samples";
import { JoinPage } from "./join-page";

const CONFIG = { tenant_name: "Acme", logo_url: "", primary_color: "", secondary_color: "", sign_in: { allowed: true, remedy: null }, runtime: null };
const NOBODY = new Refused(401, { title: "Sign in first", code: "not_signed_in" });
const JOIN = "POST /api/sessions/shares/join";
const show = () => renderPage(<JoinPage />, { path: "/join" });

beforeEach(() => window.history.replaceState(null, "", "/join#s3cret"));

it("uses nothing up before the button, then sends the secret in the body and goes to the session", async () => {
  const calls = stubApi({ "GET /api/auth/me": SAMPLE_USER, "GET /api/config": CONFIG, [JOIN]: sampleSession({ is_shared: true }) });
  show();
  const button = await screen.findByRole("button", { name: "Join" });
  expect(calls.some(({ method }) => method === "POST")).toBe(false);
  expect(window.location.href).not.toContain("s3cret");
  await userEvent.click(button);
  await screen.findByText("Now at /sessions/s1");
  expect(calls.find(({ method }) => method === "POST")?.body).toEqual({ token: "s3cret" });
});

it("waits until the owner lets one in", async () => {
  stubApi({
    "GET /api/auth/me": SAMPLE_USER,
    "GET /api/config": CONFIG,
    [JOIN]: { join_id: "v1", status: "waiting" },
    "GET /api/sessions/joins/v1": { join_id: "v1", status: "admitted", session: sampleSession() },
  });
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Join" }));
  await screen.findByText("Now at /sessions/s1");
});

it("tells a guest that the link is for people with an account", async () => {
  stubApi({ "GET /api/auth/me": NOBODY, "GET /api/config": CONFIG, [JOIN]: new Refused(401, { title: "Sign in", code: "sign_in_needed" }) });
  show();
  await userEvent.type(await screen.findByLabelText("Your name"), "Eve");
  await userEvent.click(screen.getByRole("button", { name: "Join as a guest" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("people with an account");
});

it("says that a link does not work any more without saying why", async () => {
  stubApi({ "GET /api/auth/me": SAMPLE_USER, "GET /api/config": CONFIG, [JOIN]: new Refused(404, { title: "No", code: "not_found" }) });
  show();
  await userEvent.click(await screen.findByRole("button", { name: "Join" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("does not work any more");
});
