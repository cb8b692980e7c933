import { expect, it } from "vitest";
import { cpuText, memoryText } from "./quantity";

it.each([
  ["2000m", "2 CPUs"],
  ["1", "1 CPU"],
  ["250m", "0.25 CPUs"],
  ["", "any number of CPUs"],
  ["two", "two CPU"],
])("says %j of CPUs as people do", (quantity, said) => {
  expect(cpuText(quantity)).toBe(said);
});

it.each([
  ["2Gi", "2 GiB of memory"],
  ["512Mi", "512 MiB of memory"],
  ["", "any amount of memory"],
  ["1000000", "1000000 of memory"],
])("says %j of memory as people do", (quantity, said) => {
  expect(memoryText(quantity)).toBe(said);
});
