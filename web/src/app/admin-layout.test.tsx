import { screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER } from "@/testing/samples";
import { stubApi } from "@/testing/stub-api";
import { AdminLayout } from "./admin-layout";

function tabs() {
  return screen.getAllByRole("link").map((link) => link.textContent);
}

it("shows an administrator of a category what they can do, and how many wait for them", async () => {
  stubApi({
    "GET /api/auth/me": { ...SAMPLE_USER, admin_categories: ["tools"] },
    "GET /api/access-requests?status=pending": [{ id: "r1", can_decide: true }, { id: "r2", can_decide: false }],
  });
  renderPage(<AdminLayout />, { path: "/admin/requests" });
  await screen.findByText("1");
  expect(tabs()).toEqual(["Apps", "Categories", "Requests1 waiting", "Why?"]);
});

it("shows an administrator everything", async () => {
  stubApi({ "GET /api/auth/me": { ...SAMPLE_USER, roles: ["admin"] }, "GET /api/access-requests?status=pending": [] });
  renderPage(<AdminLayout />, { path: "/admin" });
  await screen.findByRole("link", { name: "Tenants" });
  expect(tabs()).toHaveLength(12);
});

it("turns people away who have nothing to administer", async () => {
  stubApi({ "GET /api/auth/me": SAMPLE_USER });
  renderPage(<AdminLayout />, { path: "/admin" });
  await screen.findByText("This part is for administrators");
});
