/** Keys held at this moment, as far as the chord cares. */
interface Held {
  ctrlKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
  key: string;
  type: string;
}

const MODIFIERS = new Set(["Control", "Alt", "Shift"]);

/**
 * Recognises Ctrl, Alt and Shift pressed together and released with nothing else in between.
 * It answers true at the last release, so that no key stays pressed in the app.
 */
export function createChord(): (event: Held) => boolean {
  let isComplete = false;
  return ({ ctrlKey, altKey, shiftKey, key, type }) => {
    if (!MODIFIERS.has(key)) {
      isComplete = false;
      return false;
    }
    if (type === "keydown") {
      if (ctrlKey && altKey && shiftKey) isComplete = true;
      return false;
    }
    if (ctrlKey || altKey || shiftKey || !isComplete) return false;
    isComplete = false;
    return true;
  };
}
