import { readStored, writeStored } from "@/lib/storage";
import type { Fit } from "./rfb-client";

const KEY = "sortie-fit";

/** How the screen met the window last time; a finger's screen is too small to be an app's. */
export function storedFit(canResize: boolean): Fit {
  const stored = readStored(KEY);
  if (stored === "actual" || stored === "scale") return stored;
  const isTouch = window.matchMedia("(pointer: coarse)").matches;
  return canResize && !isTouch ? "resize" : "scale";
}

export function storeFit(fit: Fit): void {
  writeStored(KEY, fit);
}
