import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, it, vi } from "vitest";
import { meQuery } from "@/api/auth";
import { ownTenantsQuery } from "@/api/tenants";
import type { Membership } from "@/api/wire-access";
import { chooseTenant, chosenTenant } from "@/lib/tenant";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER } from "@/testing/samples";
import { stubApi } from "@/testing/stub-api";
import { TenantSwitcher } from "./tenant-switcher";

const HOME: Membership = { id: "default", slug: "default", name: "Default", roles: ["user"] };
const OTHER: Membership = { id: "t2", slug: "north", name: "North", roles: ["user"] };

afterEach(() => chooseTenant(null));

function show(tenants: Membership[]) {
  stubApi({ "GET /api/auth/me": SAMPLE_USER });
  const { client } = renderPage(<TenantSwitcher />);
  client.setQueryData(meQuery.queryKey, SAMPLE_USER);
  client.setQueryData(ownTenantsQuery.queryKey, tenants);
}

it("is not there for somebody with one tenant", () => {
  show([HOME]);
  expect(screen.queryByRole("button")).toBeNull();
});

it("chooses another tenant, and loads everything anew", async () => {
  const assign = vi.fn();
  vi.stubGlobal("location", { assign });
  show([HOME, OTHER]);
  const user = userEvent.setup();
  await user.click(await screen.findByRole("button", { name: /Tenant: Default/ }));
  await user.click(await screen.findByRole("menuitemradio", { name: /North/ }));
  expect(chosenTenant()).toBe("t2");
  expect(assign).toHaveBeenCalledExactlyOnceWith("/");
});
