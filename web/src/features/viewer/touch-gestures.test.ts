import { describe, expect, it } from "vitest";
import { AT_REST, touch, type TouchEffect, type TouchInput, type TouchMode } from "./touch-gestures";

function play(mode: TouchMode, inputs: TouchInput[]): TouchEffect[] {
  let state = AT_REST;
  const effects: TouchEffect[] = [];
  for (const input of inputs) {
    const outcome = touch(state, input, mode);
    state = outcome.state;
    effects.push(...outcome.effects);
  }
  return effects;
}

const down = (id: number, x: number, y: number) => ({ type: "down", id, x, y }) as const;
const move = (id: number, x: number, y: number) => ({ type: "move", id, x, y }) as const;
const up = (id: number) => ({ type: "up", id, x: 0, y: 0 }) as const;

describe("touching the app directly", () => {
  it("clicks where a finger taps", () => {
    expect(play("direct", [down(1, 40, 50), up(1)])).toEqual([{ do: "moveTo", x: 40, y: 50 }, { do: "click" }]);
  });

  it("drags with one finger", () => {
    const names = play("direct", [down(1, 0, 0), move(1, 30, 0), move(1, 60, 0), up(1)]).map((effect) => effect.do);
    expect(names).toEqual(["moveTo", "press", "moveTo", "moveTo", "release"]);
  });

  it("right-clicks on a long press, and the release does nothing more", () => {
    expect(play("direct", [down(1, 5, 6), { type: "hold" }, up(1)])).toEqual([{ do: "moveTo", x: 5, y: 6 }, { do: "rightClick" }]);
  });
});

describe("a trackpad", () => {
  it("moves the pointer by more than the finger and clicks on a tap", () => {
    const effects = play("trackpad", [down(1, 0, 0), move(1, 10, 0), move(1, 20, 0), up(1), down(1, 0, 0), up(1)]);
    expect(effects).toEqual([{ do: "moveBy", dx: 16, dy: 0 }, { do: "click" }]);
  });

  it("drags after a long press", () => {
    const names = play("trackpad", [down(1, 0, 0), { type: "hold" }, move(1, 9, 9), up(1)]).map((effect) => effect.do);
    expect(names).toEqual(["press", "moveBy", "release"]);
  });
});

describe("two fingers", () => {
  it("scroll when they move together", () => {
    const effects = play("direct", [down(1, 0, 0), down(2, 50, 0), move(1, 0, -30), move(2, 50, -30), move(1, 0, -50)]);
    expect(effects.every((effect) => effect.do === "scroll")).toBe(true);
    expect(effects.length).toBeGreaterThan(0);
  });

  it("zoom when they part", () => {
    const effects = play("direct", [down(1, 0, 0), down(2, 50, 0), move(2, 100, 0), move(2, 200, 0)]);
    expect(effects).toMatchObject([{ do: "zoom", factor: 2 }]);
  });

  it("right-click when they tap", () => {
    expect(play("trackpad", [down(1, 0, 0), down(2, 50, 0), up(1), up(2)])).toEqual([{ do: "rightClick" }]);
  });

  it("end a drag that one of them had begun", () => {
    const names = play("direct", [down(1, 0, 0), move(1, 30, 0), down(2, 50, 50)]).map((effect) => effect.do);
    expect(names.at(-1)).toBe("release");
  });
});
