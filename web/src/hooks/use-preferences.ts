import { useSyncExternalStore } from "react";
import { preferences, subscribePreferences, type LocalPreferences } from "@/lib/preferences";

export function usePreferences(): LocalPreferences {
  return useSyncExternalStore(subscribePreferences, preferences);
}
