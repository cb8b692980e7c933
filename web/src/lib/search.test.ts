import { expect, it } from "vitest";
import { score } from "./search";

it("needs every word, in any order", () => {
  expect(score("edit text", ["Text Editor"])).toBeGreaterThan(0);
  expect(score("edit music", ["Text Editor"])).toBe(0);
});

it("does not mind accents or capitals", () => {
  expect(score("EDITEUR", ["Éditeur"])).toBeGreaterThan(0);
});

it("prefers the beginning of a word to its middle", () => {
  expect(score("term", ["Terminal"])).toBeGreaterThan(score("term", ["Determine"]));
});
