/** The settings that are kept in the database, and what they mean where nothing is stored. */

export interface Switch {
  key: string;
  label: string;
  hint: string;
  /** What counts where nothing is stored; null for what the server's configuration says. */
  usual: boolean | null;
  /** Opens a door: shown as dangerous while it is on. */
  opens?: true;
  /** Asked of the first tenant only, which the sign-in belongs to. */
  atDoor?: true;
}

export const SWITCHES: readonly Switch[] = [
  { key: "allow_registration", label: "People may make accounts for themselves", hint: "Whoever reaches the sign-in page gets an account as a user.", usual: null, opens: true, atDoor: true },
  { key: "guest_shares", label: "Share links may let in people without an account", hint: "Whoever makes a link still chooses, link by link.", usual: false, opens: true },
  { key: "control_links", label: "Share links may let people type", hint: "Without it a link only lets people watch; invited users may still be given control.", usual: true },
  { key: "observe_banner", label: "People see when an administrator observes them", hint: "Without it only the audit log tells.", usual: true },
];

/** A line of text on the sign-in page. */
export const SIGN_IN_NOTICE = "sign_in_notice";

export type Stored = Readonly<Record<string, string>>;

/** What counts now. `configured` is what the server does where nothing is stored and it is not the same everywhere. */
export function isOn({ key, usual }: Switch, stored: Stored, configured: boolean): boolean {
  const said = stored[key];
  return said === undefined ? (usual ?? configured) : said === "true";
}

/** What has to be written so that this counts: nothing that counts already. */
export function toWrite(now: Stored, wanted: Stored): Record<string, string> {
  return Object.fromEntries(Object.entries(wanted).filter(([key, value]) => now[key] !== value));
}
