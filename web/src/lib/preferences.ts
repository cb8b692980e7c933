import { readStored, readStoredList, writeStored } from "./storage";

/** What this browser remembers about how a person likes the app. */
export interface LocalPreferences {
  /** Null follows the system. */
  theme: "light" | "dark" | null;
  collapsed: readonly string[];
  favorites: readonly string[];
}

const THEME = "sortie-theme";
const COLLAPSED = "sortie-collapsed";
const FAVORITES = "sortie-favorites";

function read(): LocalPreferences {
  const theme = readStored(THEME);
  return {
    theme: theme === "light" || theme === "dark" ? theme : null,
    collapsed: readStoredList(COLLAPSED),
    favorites: readStoredList(FAVORITES),
  };
}

let current = read();
const listeners = new Set<() => void>();

export function preferences(): LocalPreferences {
  return current;
}

export function subscribePreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Changes what is remembered here, paints the theme, and tells every component. */
export function patchPreferences(patch: Partial<LocalPreferences>): void {
  current = { ...current, ...patch };
  writeStored(THEME, current.theme);
  writeStored(COLLAPSED, JSON.stringify(current.collapsed));
  writeStored(FAVORITES, JSON.stringify(current.favorites));
  if (current.theme) document.documentElement.dataset["theme"] = current.theme;
  else delete document.documentElement.dataset["theme"];
  listeners.forEach((listener) => listener());
}

/** Another tab changed the storage. */
export function rereadPreferences(): void {
  patchPreferences(read());
}

/** The list with the name added, or without it when it was there. */
export function toggled(list: readonly string[], name: string): string[] {
  return list.includes(name) ? list.filter((entry) => entry !== name) : [...list, name];
}
