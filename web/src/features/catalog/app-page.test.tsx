import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER, sampleApp } from "@/testing/samples";
import { Refused, stubApi } from "@/testing/stub-api";
import { AppPage } from "./app-page";

const at = { path: "/apps/:id", at: "/apps/terminal" };

it("says how an app behaves to whoever may use it", async () => {
  stubApi({ "GET /api/auth/me": SAMPLE_USER, "GET /api/apps/terminal": sampleApp({ workspace: { kind: "volume", size: "", storage_class: "" } }) });
  renderPage(<AppPage />, at);
  await screen.findByText("On a volume of the session's own, gone when it ends");
  expect(screen.getByText("Both ways")).toBeVisible();
});

it("claims nothing about an app of which only the card came", async () => {
  stubApi({ "GET /api/auth/me": SAMPLE_USER, "GET /api/apps/terminal": sampleApp({ can_launch: false, request_access: true, visibility: "approved" }) });
  renderPage(<AppPage />, at);
  await screen.findByRole("button", { name: "Ask for access: Terminal" });
  expect(screen.getByText("Approved people")).toBeVisible();
  for (const claim of ["Network", "Your files", "Clipboard"]) expect(screen.queryByText(claim)).toBeNull();
});

it("says the same of an app that is gone and of one that is not for everybody", async () => {
  stubApi({ "GET /api/auth/me": SAMPLE_USER, "GET /api/apps/terminal": new Refused(404, { title: "Not Found", code: "not_found" }) });
  renderPage(<AppPage />, at);
  await screen.findByRole("heading", { level: 1, name: "There is no such app for you" });
  expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
});
