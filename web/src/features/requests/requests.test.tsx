import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import type { AccessRequest } from "@/api/wire-access";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER } from "@/testing/samples";
import { stubApi } from "@/testing/stub-api";
import { InboxPage } from "./inbox-page";
import { OwnRequestsPage } from "./own-requests-page";

function sampleRequest(more: Partial<AccessRequest> = {}): AccessRequest {
  return {
    id: "r1",
    app_id: "vault",
    app_name: "Vault",
    category_id: "tools",
    user_id: "u2",
    username: "grace",
    message: "for the audit",
    status: "pending",
    decided_by: null,
    decision_note: "",
    decided_at: null,
    created_at: "2026-11-21T10:00:00Z",
    can_decide: true,
    ...more,
  };
}

it("refuses with the words that were typed", async () => {
  const calls = stubApi({
    "GET /api/auth/me": SAMPLE_USER,
    "GET /api/access-requests?status=pending": [sampleRequest()],
    "POST /api/access-requests/r1/refuse": sampleRequest({ status: "refused" }),
  });
  const user = userEvent.setup();
  renderPage(<InboxPage />, { path: "/admin/requests" });
  await user.click(await screen.findByRole("button", { name: "Refuse Vault to grace" }));
  await user.type(screen.getByLabelText("Why"), "not this year");
  await user.click(screen.getByRole("button", { name: "Refuse" }));
  expect(calls).toContainEqual({ method: "POST", path: "/api/access-requests/r1/refuse", body: { note: "not this year" } });
});

it("shows decided requests without buttons", async () => {
  stubApi({
    "GET /api/auth/me": SAMPLE_USER,
    "GET /api/access-requests": [sampleRequest({ status: "granted", decided_by: "ada", decided_at: "2026-11-21T11:00:00Z", decision_note: "welcome", can_decide: false })],
  });
  renderPage(<InboxPage />, { path: "/admin/requests", at: "/admin/requests?show=all" });
  await screen.findByText(/welcome/);
  expect(screen.queryByRole("button", { name: /^Grant/ })).toBeNull();
});

it("keeps one's own requests apart from those that one decides", async () => {
  stubApi({
    "GET /api/auth/me": SAMPLE_USER,
    "GET /api/access-requests": [sampleRequest(), sampleRequest({ id: "r2", user_id: "u1", username: "ada", app_name: "Mint", can_decide: false })],
  });
  renderPage(<OwnRequestsPage />, { path: "/requests" });
  await screen.findByText("Mint");
  expect(screen.queryByText("Vault")).toBeNull();
  expect(screen.getByRole("button", { name: "Withdraw the request for Mint" })).toBeInTheDocument();
});
