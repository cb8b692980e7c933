import { describe, expect, it } from "vitest";
import { contrast, parseHex, type Rgb } from "@/lib/color";
import { brandRoles } from "./branding";

function pair(role: string | undefined): [Rgb, Rgb] {
  const [light, dark] = [...(role ?? "").matchAll(/#[\da-f]{6}/g)].map(([hex]) => parseHex(hex));
  if (!light || !dark) throw new Error(`no pair: ${role ?? "nothing"}`);
  return [light, dark];
}

describe("brand colours", () => {
  it("leave the identity alone where nobody chose any", () => {
    expect(brandRoles({ primary_color: "#1F2A3C", secondary_color: "#2B3445" })).toEqual({});
  });

  it("leave the identity alone where they make no sense", () => {
    expect(brandRoles({ primary_color: "url(x)", secondary_color: "red;}" })).toEqual({});
  });

  it.each(["#398D9B", "#ffff00", "#000000", "#ffffff", "#ff0000"])("of %s can be read in both themes", (color) => {
    const roles = brandRoles({ primary_color: color, secondary_color: color });
    const [light, dark] = pair(roles["--primary"]);
    const [onLight, onDark] = pair(roles["--on-primary"]);
    expect(contrast(light, onLight)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, onDark)).toBeGreaterThanOrEqual(4.5);
    expect(contrast(light, [1, 1, 1])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(dark, [0.05, 0.06, 0.07])).toBeGreaterThanOrEqual(4.5);
    const [textLight, textDark] = pair(roles["--signal"]);
    expect(contrast(textLight, [1, 1, 1])).toBeGreaterThanOrEqual(4.5);
    expect(contrast(textDark, [0.05, 0.06, 0.07])).toBeGreaterThanOrEqual(4.5);
  });
});
