import { useEffect, useState } from "react";

interface KeyboardLock {
  lock?: (keys?: string[]) => Promise<void>;
  unlock?: () => void;
}

/** Full screen of the whole page; where the browser can, the app then gets Escape and the like too. */
export function useFullscreen(): { isFull: boolean; isPossible: boolean; toggle: () => void } {
  const [isFull, setIsFull] = useState(() => document.fullscreenElement !== null);
  useEffect(() => {
    const keyboard = (navigator as Navigator & { keyboard?: KeyboardLock }).keyboard;
    const onChange = () => {
      const full = document.fullscreenElement !== null;
      setIsFull(full);
      if (full) void keyboard?.lock?.().catch(() => undefined);
      else keyboard?.unlock?.();
    };
    document.addEventListener("fullscreenchange", onChange);
    return () => {
      document.removeEventListener("fullscreenchange", onChange);
      if (document.fullscreenElement) void document.exitFullscreen().catch(() => undefined);
    };
  }, []);
  const toggle = () => {
    const change = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    change.catch(() => undefined);
  };
  return { isFull, isPossible: document.fullscreenEnabled, toggle };
}
