const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Elapsed seconds as a stopwatch shows them: `4 s`, `1:05`, `2:03:09`. */
export function stopwatch(seconds: number): string {
  const total = Math.max(0, Math.floor(seconds));
  if (total < MINUTE) return `${total} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(total / MINUTE);
  if (total < HOUR) return `${minutes}:${two(total % MINUTE)}`;
  return `${Math.floor(total / HOUR)}:${two(minutes % 60)}:${two(total % MINUTE)}`;
}

/** A length of time in words: `45 seconds`, `30 minutes`, `2 hours`. */
export function duration(seconds: number): string {
  const words = (value: number, unit: string) => `${value} ${unit}${value === 1 ? "" : "s"}`;
  if (seconds < 90) return words(Math.max(0, Math.round(seconds)), "second");
  if (seconds < 90 * MINUTE) return words(Math.round(seconds / MINUTE), "minute");
  if (seconds < 36 * HOUR) return words(Math.round(seconds / HOUR), "hour");
  return words(Math.round(seconds / DAY), "day");
}

/** How long ago, or in how long, as a person would say it. */
export function relative(at: string, now: number, locale?: string): string {
  const seconds = (Date.parse(at) - now) / 1000;
  if (Number.isNaN(seconds)) return "";
  if (Math.abs(seconds) < 10) return "just now";
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "long" });
  const distance = Math.abs(seconds);
  if (distance < MINUTE) return format.format(Math.round(seconds), "second");
  if (distance < HOUR) return format.format(Math.round(seconds / MINUTE), "minute");
  if (distance < DAY) return format.format(Math.round(seconds / HOUR), "hour");
  if (distance < 30 * DAY) return format.format(Math.round(seconds / DAY), "day");
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium" }).format(Date.parse(at));
}

/** The full moment in the person's own zone. */
export function absolute(at: string, locale?: string): string {
  const moment = Date.parse(at);
  if (Number.isNaN(moment)) return at;
  return new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeStyle: "long" }).format(moment);
}

/** The given number of days in UTC, as the server counts them, that end with the day of `last`; oldest first. */
export function daysUntil(last: Date, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(last);
    day.setUTCDate(day.getUTCDate() - (count - 1 - index));
    return day.toISOString().slice(0, "2026-11-21".length);
  });
}
