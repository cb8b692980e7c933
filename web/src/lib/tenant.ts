import { readStored, writeStored } from "./storage";

const KEY = "sortie-tenant";

// Read once: what a page shows is of one tenant until it is loaded anew, whatever other tabs choose.
let chosen = readStored(KEY) || null;

/** The tenant one works in, by id; null is the own account's. It names a place and opens nothing. */
export function chosenTenant(): string | null {
  return chosen;
}

export function chooseTenant(id: string | null): void {
  chosen = id;
  writeStored(KEY, id);
}
