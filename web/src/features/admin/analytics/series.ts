import type { Analytics } from "@/api/wire";

export interface Day {
  date: string;
  count: number;
}

/** Every day of the range, those without a launch too. */
export function dailySeries(analytics: Analytics, days: readonly string[], appId: string): Day[] {
  const counts = new Map<string, number>();
  const rows = appId === "" ? analytics.daily : analytics.app_daily.filter((row) => row.app_id === appId);
  for (const row of rows) counts.set(row.date, (counts.get(row.date) ?? 0) + row.launch_count);
  return days.map((date) => ({ date, count: counts.get(date) ?? 0 }));
}

/** A round number at or above the largest value, whose quarters are whole numbers too. */
export function niceTop(largest: number): number {
  const power = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, largest) / 4)));
  const step = [4, 8, 12, 20, 40].find((factor) => factor * power >= largest) ?? 40;
  return step * power;
}
