import { patchPreferences, preferences, subscribePreferences, type LocalPreferences } from "@/lib/preferences";
import { request } from "./client";
import type { Preferences } from "./wire";

const SAVE_DELAY_MS = 400;
const PATH = "/api/me/preferences";

function wire(local: LocalPreferences): Omit<Preferences, "updated_at"> {
  return {
    theme: local.theme,
    collapsed_categories: [...local.collapsed],
    favorites: [...local.favorites],
  };
}

/**
 * Keeps this browser and the server alike for as long as a person is signed in: what the server
 * holds wins at the start (unless it holds nothing yet), and every later change here is sent.
 * Answers the way to stop.
 */
export function followPreferences(): () => void {
  let stopped = false;
  let following = false;
  let saved = "";
  let timer: ReturnType<typeof setTimeout> | undefined;

  const save = () => {
    const body = wire(preferences());
    const text = JSON.stringify(body);
    if (stopped || text === saved) return;
    request(PATH, { method: "PUT", body }).then(
      () => (saved = text),
      // The choice is kept in this browser and goes out with the next change.
      () => undefined,
    );
  };
  const unsubscribe = subscribePreferences(() => {
    clearTimeout(timer);
    if (following) timer = setTimeout(save, SAVE_DELAY_MS);
  });

  void request<Preferences>(PATH).then(
    (server) => {
      if (stopped) return;
      following = true;
      if (server.updated_at === null) {
        save();
        return;
      }
      patchPreferences({
        theme: server.theme,
        collapsed: server.collapsed_categories,
        favorites: server.favorites,
      });
      clearTimeout(timer);
      saved = JSON.stringify(wire(preferences()));
    },
    () => undefined,
  );

  return () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
  };
}
