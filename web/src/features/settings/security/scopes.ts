import type { Scope } from "@/api/wire-accounts";

/** What a token may be allowed, in the order of its reach. */
export const SCOPES = [
  { scope: "read", label: "Read", note: "Sees what you see, changes nothing" },
  { scope: "sessions", label: "Sessions", note: "Launches, stops, streams and shares" },
  { scope: "apps", label: "Apps", note: "Changes the catalog, as far as you may" },
  { scope: "admin", label: "Administration", note: "Everything else that you may, but never an account’s credentials" },
] as const satisfies readonly { scope: Scope; label: string; note: string }[];

export const LIFETIMES = [
  { days: 7, label: "A week" },
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 365, label: "A year" },
] as const;

export const DEFAULT_DAYS = 30;

export function scopeLabel(scope: Scope): string {
  return SCOPES.find((known) => known.scope === scope)?.label ?? scope;
}
