import { expect, it } from "vitest";
import { safeNext } from "./next-path";

it("keeps a path of this app", () => {
  expect(safeNext("/sessions/s1?x=1")).toBe("/sessions/s1?x=1");
});

it.each([null, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/sign-in?next=/"])(
  "goes home instead of %s",
  (next) => {
    expect(safeNext(next)).toBe("/");
  },
);
