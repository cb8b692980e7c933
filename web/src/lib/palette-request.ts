/** Lets any button open the command palette without knowing it. */
const EVENT = "sortie:palette";

export function requestPalette(): void {
  window.dispatchEvent(new Event(EVENT));
}

export function onPaletteRequest(listener: () => void): () => void {
  window.addEventListener(EVENT, listener);
  return () => window.removeEventListener(EVENT, listener);
}
