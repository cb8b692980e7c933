import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { stubApi } from "@/testing/stub-api";
import { renderPage } from "@/testing/render-page";
import { sampleSession } from "@/testing/samples";
import { ObserveDialog } from "./observe-dialog";

it("observes only for a reason, which the server gets", async () => {
  const session = sampleSession({ username: "bob" });
  const calls = stubApi({ "POST /api/sessions/s1/observe": sampleSession({ share_permission: "observe" }) });
  renderPage(<ObserveDialog session={session} onClose={() => undefined} />, { path: "/admin/sessions" });
  expect(screen.getByRole("button", { name: "Observe" })).toBeDisabled();
  await userEvent.type(screen.getByLabelText("Reason"), " Ticket 4711 ");
  await userEvent.click(screen.getByRole("button", { name: "Observe" }));
  await screen.findByText("Now at /sessions/s1");
  expect(calls.find(({ method }) => method === "POST")?.body).toEqual({ reason: "Ticket 4711" });
});
