import { expect, it } from "vitest";
import { takeFragmentSecret } from "./fragment-secret";

it("takes the secret out of the address bar and still knows it later", () => {
  window.history.replaceState(null, "", "/join#abc123");
  expect(takeFragmentSecret()).toBe("abc123");
  expect(window.location.href).not.toContain("abc123");
  expect(takeFragmentSecret()).toBe("abc123");
});

it("gives the secret of one page to no other", () => {
  window.history.replaceState(null, "", "/join#abc123");
  takeFragmentSecret();
  window.history.replaceState(null, "", "/reset");
  expect(takeFragmentSecret()).toBe("");
});
