import { readStoredList, writeStored } from "./storage";

const RECENTS = "sortie-recents";
const KEPT = 8;

/** App ids, latest first. */
export function recentApps(): string[] {
  return readStoredList(RECENTS);
}

export function rememberRecent(appId: string): void {
  const rest = recentApps().filter((id) => id !== appId);
  writeStored(RECENTS, JSON.stringify([appId, ...rest].slice(0, KEPT)));
}
