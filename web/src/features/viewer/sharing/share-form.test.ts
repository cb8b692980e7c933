import { expect, it } from "vitest";
import { draftOf, START } from "./share-form";

it("shares a link to watch for a day where nothing else is chosen", () => {
  expect(draftOf(START)).toEqual({ link_share: true, permission: "read_only", expires_in: 86_400, approval: false, guests: false });
});

it("limits the uses of a link only where a number was entered", () => {
  expect(draftOf({ ...START, maxUses: "3" })).toMatchObject({ max_uses: 3 });
});

it("sends nothing about links when one person is invited", () => {
  const draft = draftOf({ ...START, whom: "user", username: " bob ", maxUses: "3", approval: true, guests: true, permission: "read_write" });
  expect(draft).toEqual({ username: "bob", permission: "read_write", expires_in: 86_400 });
});
