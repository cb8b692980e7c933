import { expect, it } from "vitest";
import { createChord } from "./chord";

const event = (type: string, key: string, held: string) => ({
  type,
  key,
  ctrlKey: held.includes("c"),
  altKey: held.includes("a"),
  shiftKey: held.includes("s"),
});

it("opens on Ctrl Alt Shift, when all are released again", () => {
  const chord = createChord();
  const answers = [
    event("keydown", "Control", "c"),
    event("keydown", "Alt", "ca"),
    event("keydown", "Shift", "cas"),
    event("keyup", "Shift", "ca"),
    event("keyup", "Control", "a"),
    event("keyup", "Alt", ""),
  ].map(chord);
  expect(answers).toEqual([false, false, false, false, false, true]);
});

it("does not open when a letter was part of it: that was meant for the app", () => {
  const chord = createChord();
  chord(event("keydown", "Shift", "cas"));
  chord(event("keydown", "T", "cas"));
  expect(chord(event("keyup", "Shift", ""))).toBe(false);
});

it("does not open on two of the three", () => {
  const chord = createChord();
  chord(event("keydown", "Alt", "ca"));
  expect(chord(event("keyup", "Alt", ""))).toBe(false);
});
