import { expect, it } from "vitest";
import { keysymOf, typed } from "./keysyms";

it("keeps Latin letters as they are and puts the others into the Unicode range", () => {
  expect(keysymOf("a")).toBe(0x61);
  expect(keysymOf("ü")).toBe(0xfc);
  expect(keysymOf("€")).toBe(0x010020ac);
});

it("turns a line break into Enter and drops control characters", () => {
  expect(keysymOf("\n")).toBe(0xff0d);
  expect(keysymOf("\u0007")).toBeNull();
});

it("sees letters that were added", () => {
  expect(typed("hel", "hello")).toEqual({ backspaces: 0, text: "lo" });
});

it("sees a word that the keyboard corrected", () => {
  expect(typed("teh", "the ")).toEqual({ backspaces: 2, text: "he " });
});

it("sees a deletion, also of a character outside the basic plane", () => {
  expect(typed("a😀", "a")).toEqual({ backspaces: 1, text: "" });
});
