import { expect, it } from "vitest";
import type { Analytics } from "@/api/wire";
import { dailySeries, niceTop } from "./series";

const analytics: Analytics = {
  total_launches: 5,
  app_stats: [],
  daily: [{ date: "2026-11-20", launch_count: 5 }],
  app_daily: [
    { app_id: "xterm", date: "2026-11-20", launch_count: 3 },
    { app_id: "wiki", date: "2026-11-20", launch_count: 2 },
  ],
};

it("shows days without launches as zero", () => {
  expect(dailySeries(analytics, ["2026-11-19", "2026-11-20"], "").map((day) => day.count)).toEqual([0, 5]);
});

it("follows one app when asked", () => {
  expect(dailySeries(analytics, ["2026-11-20"], "xterm")).toEqual([{ date: "2026-11-20", count: 3 }]);
});

it.each([
  [0, 4],
  [7, 8],
  [11, 12],
  [41, 80],
  [390, 400],
])("puts the top of the axis for %i at %i", (largest, top) => {
  expect(niceTop(largest)).toBe(top);
});
