import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { stubApi } from "@/testing/stub-api";
import { renderPage } from "@/testing/render-page";
import { sampleSession } from "@/testing/samples";
import { SessionPage } from "./session-page";

// The viewer itself needs a browser that draws; Chromium tests cover it.
vi.mock("./rfb-client", () => ({ connectScreen: () => ({ lastFrame: () => null, close: () => undefined }) }));

const show = () => renderPage(<SessionPage />, { path: "/sessions/:id", at: "/sessions/s1" });

describe("the page of a session", () => {
  it("tells the phase of a launch and why it waits", async () => {
    stubApi({ "GET /api/sessions/s1": sampleSession({ status: "creating", phase: "waiting_for_workspace", phase_detail: "Held by another session." }) });
    show();
    const step = (await screen.findByText("Waiting for your files")).closest("li");
    expect(step).toHaveAttribute("aria-current", "step");
    expect(screen.getByText("Held by another session.")).toBeInTheDocument();
    expect(screen.getByTestId("screen")).toHaveAttribute("data-state", "connecting");
  });

  it("cancels a launch and returns to the catalog", async () => {
    const calls = stubApi({
      "GET /api/sessions/s1": sampleSession({ status: "creating", phase: "queued" }),
      "POST /api/sessions/s1/stop": sampleSession({ status: "failed", phase: "ended" }),
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Cancel the launch" }));
    await screen.findByText("Now at /");
    expect(calls.some((call) => call.path === "/api/sessions/s1/stop")).toBe(true);
  });

  it("says how a session ended, with the app's last words, and starts it again", async () => {
    stubApi({
      "GET /api/sessions/s1": sampleSession({
        status: "failed",
        phase: "ended",
        reason: { code: "app_exited", message: "The app ended with exit code 1.", remedy: "Try again." },
        output: ["cannot open display"],
      }),
      "POST /api/sessions/s1/restart": sampleSession({ id: "s2", status: "creating", replaces: "s1" }),
      "GET /api/sessions/s2": sampleSession({ id: "s2", status: "creating", phase: "queued" }),
    });
    show();
    await screen.findByText("The app ended with exit code 1.");
    expect(screen.getByText("cannot open display")).toBeInTheDocument();
    expect(screen.getByTestId("screen")).toHaveAttribute("data-state", "ended");
    await userEvent.click(screen.getByRole("button", { name: "Start again" }));
    await screen.findByRole("button", { name: "Cancel the launch" });
  });

  it("does not say whether a foreign session exists", async () => {
    stubApi({});
    show();
    await screen.findByRole("heading", { name: "There is no such session" });
  });

  it("asks once before it stops a running app, and says what is lost", async () => {
    const calls = stubApi({
      "GET /api/sessions/s1": sampleSession(),
      "POST /api/sessions/s1/stop": sampleSession({ status: "stopped", phase: "ended" }),
    });
    show();
    await userEvent.click(await screen.findByRole("button", { name: "Stop session" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("what is not saved in it is lost");
    expect(calls.some((call) => call.method === "POST")).toBe(false);
    await userEvent.click(screen.getByRole("button", { name: "Keep it running" }));
    expect(calls.some((call) => call.method === "POST")).toBe(false);
  });
});
