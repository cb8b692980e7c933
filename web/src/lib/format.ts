const UNITS = ["B", "KB", "MB", "GB"] as const;

/** Bytes with a unit: `312 B`, `4.2 KB`, `18 MB`. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const text = unit > 0 && value < 10 ? value.toFixed(1) : Math.round(value).toString();
  return `${text} ${UNITS[unit] ?? "B"}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString()} ${count === 1 ? one : many}`;
}

/** Joins the class names that are there. */
export function cn(...names: (string | false | null | undefined)[]): string {
  return names.filter(Boolean).join(" ");
}
