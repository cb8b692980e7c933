import type { ServerConfig } from "@/api/wire";
import { mix, parseHex, readableOn, textOn, toHex, type Rgb } from "@/lib/color";

/** What the server sends when nobody chose colours: the identity of the tokens stays. */
const UNBRANDED = { primary: "#1f2a3c", secondary: "#2b3445" } as const;

const LIGHT_SURFACE: Rgb = [0.937, 0.929, 0.906];
const DARK_SURFACE: Rgb = [0.11, 0.125, 0.157];
const TEXT_RATIO = 4.5;

type Colors = Pick<ServerConfig, "primary_color" | "secondary_color">;

function pair(light: Rgb, dark: Rgb): string {
  return `light-dark(${toHex(light)}, ${toHex(dark)})`;
}

/**
 * Roles for two brand colours. Each is moved in lightness until it can be read on the surfaces of
 * both themes; a colour that is missing or malformed keeps the role's own value.
 */
export function brandRoles({ primary_color, secondary_color }: Colors): Record<string, string> {
  const roles: Record<string, string> = {};
  const primary = parseHex(primary_color);
  if (primary && toHex(primary) !== UNBRANDED.primary) {
    const light = readableOn(primary, LIGHT_SURFACE, TEXT_RATIO);
    const dark = readableOn(primary, DARK_SURFACE, TEXT_RATIO);
    roles["--primary"] = pair(light, dark);
    roles["--primary-hover"] = pair(mix(light, [0, 0, 0], 0.12), mix(dark, [1, 1, 1], 0.14));
    roles["--on-primary"] = pair(textOn(light), textOn(dark));
    roles["--focus"] = pair(light, dark);
  }
  const secondary = parseHex(secondary_color);
  if (secondary && toHex(secondary) !== UNBRANDED.secondary) {
    const light = readableOn(secondary, LIGHT_SURFACE, TEXT_RATIO);
    const dark = readableOn(secondary, DARK_SURFACE, TEXT_RATIO);
    roles["--signal"] = pair(light, dark);
    roles["--signal-soft"] = pair(mix(light, [1, 1, 1], 0.88), mix(dark, [0.05, 0.06, 0.08], 0.82));
  }
  return roles;
}

/** Paints the roles on the page. */
export function applyBranding(colors: Colors): void {
  for (const [role, value] of Object.entries(brandRoles(colors))) {
    document.documentElement.style.setProperty(role, value);
  }
}
