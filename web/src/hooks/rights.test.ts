import { expect, it } from "vitest";
import type { Membership } from "@/api/wire-access";
import { SAMPLE_USER } from "@/testing/samples";
import { rightsOf } from "./rights";

const GUEST_HOUSE: Membership = { id: "t2", slug: "guest-house", name: "Guest house", roles: ["tenant-admin"] };

it("gives a plain user nothing to administer", () => {
  expect(rightsOf(SAMPLE_USER)).toMatchObject({ isAdmin: false, isManager: false, mayAudit: false, mayAuthor: false, mayDecide: false });
});

it("gives nothing to somebody who is not signed in", () => {
  expect(rightsOf(null).mayDecide).toBe(false);
});

it("lets an administrator of one category decide there and edit there only", () => {
  const rights = rightsOf({ ...SAMPLE_USER, admin_categories: ["tools"] });
  expect(rights.mayDecide).toBe(true);
  expect(rights.mayAuthor).toBe(false);
  const mayEditIn = (category_id: string | null) => rights.mayEdit({ category_id, tenant_id: "default" });
  expect(["tools", "games", null].map(mayEditIn)).toEqual([true, false, false]);
});

it("counts the roles of the tenant that was chosen, not those at home", () => {
  const author = { ...SAMPLE_USER, roles: ["app-author" as const] };
  expect(rightsOf(author, null, [GUEST_HOUSE])).toMatchObject({ isManager: false, mayAuthor: true });
  expect(rightsOf(author, "t2", [GUEST_HOUSE])).toMatchObject({ isAdmin: false, isManager: true, mayAudit: true });
  expect(rightsOf(author, "t3", [GUEST_HOUSE])).toMatchObject({ mayAuthor: false });
});

it("lets people edit what is of the tenant in which they are authors, wherever they work", () => {
  const mayEdit = (tenant: string | null, tenant_id: string) => rightsOf(SAMPLE_USER, tenant, [GUEST_HOUSE]).mayEdit({ category_id: null, tenant_id });
  expect([mayEdit("t2", "t2"), mayEdit(null, "t2")]).toEqual([true, true]);
  expect([mayEdit("t2", SAMPLE_USER.tenant_id), mayEdit(null, SAMPLE_USER.tenant_id)]).toEqual([false, false]);
  expect(rightsOf(null).mayEdit({ category_id: null, tenant_id: "t2" })).toBe(false);
});

it("keeps an administrator one in every tenant", () => {
  expect(rightsOf({ ...SAMPLE_USER, roles: ["admin"] }, "t2", [])).toMatchObject({ isAdmin: true, isManager: true });
});
