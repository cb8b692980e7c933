import { expect, it } from "vitest";
import { daysUntil, duration, relative, stopwatch } from "./time";

it.each([
  [-3, "0 s"],
  [4.9, "4 s"],
  [65, "1:05"],
  [7389, "2:03:09"],
])("shows %d seconds as %s", (seconds, text) => {
  expect(stopwatch(seconds)).toBe(text);
});

it("says lengths as a person would", () => {
  expect([1, 45, 7200, 172_800].map(duration)).toEqual(["1 second", "45 seconds", "2 hours", "2 days"]);
});

it("says how long ago", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  expect(relative("2026-11-21T11:59:57Z", now, "en")).toBe("just now");
  expect(relative("2026-11-21T11:30:00Z", now, "en")).toBe("30 minutes ago");
  expect(relative("2026-11-20T12:00:00Z", now, "en")).toBe("yesterday");
  expect(relative("nonsense", now, "en")).toBe("");
});

it("counts days across the end of a month", () => {
  expect(daysUntil(new Date("2026-03-02T23:30:00Z"), 3)).toEqual(["2026-02-28", "2026-03-01", "2026-03-02"]);
});
