import { readStored, writeStored } from "./storage";

const KEY = "sortie-tenant";

/** The tenant one works in, by id; null is the own account's. It names a place and opens nothing. */
export function chosenTenant(): string | null {
  return readStored(KEY) || null;
}

export function chooseTenant(id: string | null): void {
  writeStored(KEY, id);
}
