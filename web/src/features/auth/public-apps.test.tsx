import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { stubApi } from "@/testing/stub-api";
import { PublicApps } from "./public-apps";

const app = (id: string) => ({ id, name: `App ${id}`, description: "", icon: "", category: "Tools", launch_type: "container", os_type: "linux", visibility: "public" });

it("shows strangers the public apps, and leads through the sign-in to the one that they choose", async () => {
  stubApi({ "GET /api/apps": [app("a b")] });
  renderPage(<PublicApps />, { path: "/sign-in" });
  const link = await screen.findByRole("link", { name: /App a b/ });
  expect(link).toHaveAttribute("href", "/sign-in?next=%2Fapps%2Fa%2520b");
});

it("shows a few of many first, and then all", async () => {
  stubApi({ "GET /api/apps": Array.from({ length: 9 }, (_, index) => app(`${index}`)) });
  renderPage(<PublicApps />, { path: "/sign-in" });
  await userEvent.click(await screen.findByRole("button", { name: "Show all 9" }));
  expect(screen.getAllByRole("link")).toHaveLength(9);
});

it("says nothing where the operator closed the public catalog", async () => {
  const calls = stubApi({ "GET /api/apps": [] });
  renderPage(<PublicApps />, { path: "/sign-in" });
  await expect.poll(() => calls.length).toBe(1);
  expect(screen.queryByText("What you find here")).toBeNull();
});
