/** X keysyms of the keys that our own controls send (X11 keysymdef). */
export const KEY = {
  Backspace: { keysym: 0xff08, code: "Backspace" },
  Tab: { keysym: 0xff09, code: "Tab" },
  Enter: { keysym: 0xff0d, code: "Enter" },
  Escape: { keysym: 0xff1b, code: "Escape" },
  Delete: { keysym: 0xffff, code: "Delete" },
  Left: { keysym: 0xff51, code: "ArrowLeft" },
  Up: { keysym: 0xff52, code: "ArrowUp" },
  Right: { keysym: 0xff53, code: "ArrowRight" },
  Down: { keysym: 0xff54, code: "ArrowDown" },
  Home: { keysym: 0xff50, code: "Home" },
  End: { keysym: 0xff57, code: "End" },
  PageUp: { keysym: 0xff55, code: "PageUp" },
  PageDown: { keysym: 0xff56, code: "PageDown" },
  Print: { keysym: 0xff61, code: "PrintScreen" },
  F4: { keysym: 0xffc1, code: "F4" },
  F11: { keysym: 0xffc8, code: "F11" },
  Shift: { keysym: 0xffe1, code: "ShiftLeft" },
  Control: { keysym: 0xffe3, code: "ControlLeft" },
  Alt: { keysym: 0xffe9, code: "AltLeft" },
  Super: { keysym: 0xffeb, code: "MetaLeft" },
} as const;

export type KeyName = keyof typeof KEY;

/** Combinations that a browser or the system would keep for itself. */
export const COMBINATIONS: readonly { label: string; keys: readonly KeyName[] }[] = [
  { label: "Ctrl Alt Del", keys: ["Control", "Alt", "Delete"] },
  { label: "Ctrl Alt Backspace", keys: ["Control", "Alt", "Backspace"] },
  { label: "Alt Tab", keys: ["Alt", "Tab"] },
  { label: "Alt F4", keys: ["Alt", "F4"] },
  { label: "Ctrl Esc", keys: ["Control", "Escape"] },
  { label: "Super", keys: ["Super"] },
  { label: "Print screen", keys: ["Print"] },
  { label: "F11", keys: ["F11"] },
  { label: "Esc", keys: ["Escape"] },
];

const UNICODE = 0x01000000;

/** The keysym of one typed character: Latin-1 is its own, the rest is in the Unicode range. */
export function keysymOf(char: string): number | null {
  const point = char.codePointAt(0);
  if (point === undefined) return null;
  if (char === "\n") return KEY.Enter.keysym;
  if (char === "\t") return KEY.Tab.keysym;
  if (point < 0x20 || point === 0x7f) return null;
  return point <= 0xff ? point : UNICODE | point;
}

export interface Typing {
  /** Characters to take back before the new ones. */
  backspaces: number;
  text: string;
}

/**
 * What a phone's keyboard did to a hidden field. Such keyboards rewrite whole words instead of
 * sending keys, so the two texts are compared.
 */
export function typed(before: string, after: string): Typing {
  // Code points, because each is one key press.
  const [old, now] = [Array.from(before), Array.from(after)];
  let same = 0;
  while (same < old.length && same < now.length && old[same] === now[same]) same += 1;
  return { backspaces: old.length - same, text: now.slice(same).join("") };
}
