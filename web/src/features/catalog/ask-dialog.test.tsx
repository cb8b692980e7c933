import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { renderPage } from "@/testing/render-page";
import { sampleApp } from "@/testing/samples";
import { Refused, stubApi, type Answer } from "@/testing/stub-api";
import { AskDialog } from "./ask-dialog";

const SECRET = sampleApp({ name: "Vault", can_launch: false, request_access: true });

function show(app: typeof SECRET, table: Record<string, Answer>) {
  const calls = stubApi(table);
  const onClose = vi.fn();
  renderPage(<AskDialog app={app} onClose={onClose} />);
  return { calls, onClose, user: userEvent.setup() };
}

it("sends the words with the request", async () => {
  const { calls, onClose, user } = show(SECRET, { "POST /api/apps/terminal/access-requests": { id: "r1" } });
  await user.type(screen.getByLabelText("What you need it for"), " the audit ");
  await user.click(screen.getByRole("button", { name: "Send the request" }));
  expect(calls).toContainEqual({ method: "POST", path: "/api/apps/terminal/access-requests", body: { message: "the audit" } });
  expect(onClose).toHaveBeenCalledOnce();
});

it("stays open with the cause when it was refused", async () => {
  const refused = new Refused(409, { title: "Asked already", code: "conflict", detail: "you have asked for this app already" });
  const { onClose, user } = show(SECRET, { "POST /api/apps/terminal/access-requests": refused });
  await user.click(screen.getByRole("button", { name: "Send the request" }));
  await screen.findByText("you have asked for this app already");
  expect(onClose).not.toHaveBeenCalled();
});

it("offers to withdraw a request that waits, instead of a second one", async () => {
  const { calls, user } = show({ ...SECRET, access_request: { id: "r1", status: "pending" } }, { "POST /api/access-requests/r1/withdraw": { id: "r1" } });
  expect(screen.queryByRole("button", { name: "Send the request" })).toBeNull();
  await user.click(screen.getByRole("button", { name: "Withdraw the request" }));
  expect(calls).toContainEqual({ method: "POST", path: "/api/access-requests/r1/withdraw", body: undefined });
});
