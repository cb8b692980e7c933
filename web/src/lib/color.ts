/** Colours as sRGB channels from 0 to 1. */
export type Rgb = readonly [number, number, number];

/** Reads `#rgb` or `#rrggbb`; null for anything else. */
export function parseHex(text: string): Rgb | null {
  const short = /^#([\da-f])([\da-f])([\da-f])$/i.exec(text.trim());
  const long = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(text.trim());
  const parts = short ? short.slice(1).map((digit) => digit + digit) : long?.slice(1);
  if (!parts) return null;
  const [r = 0, g = 0, b = 0] = parts.map((part) => Number.parseInt(part, 16) / 255);
  return [r, g, b];
}

export function toHex(color: Rgb): string {
  const part = (channel: number) =>
    Math.round(Math.min(1, Math.max(0, channel)) * 255)
      .toString(16)
      .padStart(2, "0");
  return `#${color.map(part).join("")}`;
}

function luminance([r, g, b]: Rgb): number {
  const linear = (channel: number) =>
    channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}

/** WCAG contrast ratio, 1 to 21. */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

export function mix(a: Rgb, b: Rgb, share: number): Rgb {
  return [
    a[0] + (b[0] - a[0]) * share,
    a[1] + (b[1] - a[1]) * share,
    a[2] + (b[2] - a[2]) * share,
  ];
}

const WHITE: Rgb = [1, 1, 1];
const INK: Rgb = [0.06, 0.075, 0.1];

/** The colour moved away from the background, no further than the ratio needs. */
export function readableOn(color: Rgb, background: Rgb, ratio: number): Rgb {
  const towards = luminance(background) > 0.4 ? INK : WHITE;
  for (let share = 0; share <= 1; share += 0.04) {
    const candidate = mix(color, towards, share);
    if (contrast(candidate, background) >= ratio) return candidate;
  }
  return towards;
}

/** Ink or white, whichever reads better on the colour. */
export function textOn(color: Rgb): Rgb {
  return contrast(color, WHITE) >= contrast(color, INK) ? WHITE : INK;
}

/** A steady hue (0 to 359) for a name, so that a lettered tile keeps its colour. */
export function hueOf(name: string): number {
  let hash = 2166136261;
  for (const char of name) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16777619);
  return (hash >>> 0) % 360;
}
