import { expect, it } from "vitest";
import { countOf } from "./tenant-draft";

it.each([
  ["", 0],
  ["12", 12],
  ["1 2", 12],
  ["-3", 3],
  ["99999999999", 1_000_000],
])("reads %j as %i", (text, count) => {
  expect(countOf(text)).toBe(count);
});
