import type { App, Session } from "@/api/wire";
import { score } from "@/lib/search";

export interface Shelf {
  /** Its name in the list of folded categories; sections of our own cannot be folded. */
  name: string;
  kind: "favorites" | "recent" | "category" | "results";
  apps: App[];
}

const UNSORTED = "Other";
const RECENT_SHOWN = 4;
/** Below this the whole catalog is in view, and repeating apps would only be noise. */
const SMALL_CATALOG = 6;

export interface Personal {
  favorites: readonly string[];
  recents: readonly string[];
}

/** The catalog in the order a person reads it: theirs first, then by category. */
export function shelves(apps: readonly App[], { favorites, recents }: Personal): Shelf[] {
  const byId = new Map(apps.map((app) => [app.id, app]));
  const pick = (ids: readonly string[]) => ids.flatMap((id) => byId.get(id) ?? []);
  const favoriteApps = pick(favorites);
  const recentApps = pick(recents.filter((id) => !favorites.includes(id))).slice(0, RECENT_SHOWN);

  const categories = new Map<string, App[]>();
  for (const app of apps) {
    const name = app.category || UNSORTED;
    categories.set(name, [...(categories.get(name) ?? []), app]);
  }
  const sorted = [...categories].sort(([a], [b]) => {
    if ((a === UNSORTED) !== (b === UNSORTED)) return a === UNSORTED ? 1 : -1;
    return a.localeCompare(b);
  });

  const result: Shelf[] = [];
  if (favoriteApps.length > 0) result.push({ name: "Favorites", kind: "favorites", apps: favoriteApps });
  if (recentApps.length > 0 && apps.length > SMALL_CATALOG) {
    result.push({ name: "Recent", kind: "recent", apps: recentApps });
  }
  for (const [name, members] of sorted) {
    result.push({ name, kind: "category", apps: [...members].sort((a, b) => a.name.localeCompare(b.name)) });
  }
  return result;
}

/** Apps that match the search, best first. */
export function matches(apps: readonly App[], search: string): App[] {
  return apps
    .map((app) => ({ app, points: score(search, [app.name, app.category, app.description]) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points || a.app.name.localeCompare(b.app.name))
    .map(({ app }) => app);
}

/** The newest live session of each app. */
export function liveByApp(sessions: readonly Session[]): Map<string, Session> {
  const result = new Map<string, Session>();
  for (const session of sessions) {
    const known = result.get(session.app_id);
    if (!known || known.created_at < session.created_at) result.set(session.app_id, session);
  }
  return result;
}
