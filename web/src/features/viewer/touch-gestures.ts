/** What fingers do, turned into what the app's pointer does. Pure: no DOM, no clock. */
export type TouchMode = "direct" | "trackpad";

export interface Finger {
  id: number;
  x: number;
  y: number;
}

export type TouchInput =
  | ({ type: "down" } & Finger)
  | ({ type: "move" } & Finger)
  | ({ type: "up" } & Finger)
  /** The first finger rests for a while without moving. */
  | { type: "hold" }
  | { type: "cancel" };

export type TouchEffect =
  /** To a point of the window. */
  | { do: "moveTo"; x: number; y: number }
  /** By a distance, from where the pointer is. */
  | { do: "moveBy"; dx: number; dy: number }
  | { do: "press" | "release" | "click" | "rightClick" }
  | { do: "scroll"; dx: number; dy: number }
  /** Zooms around a point of the window and shifts the view. */
  | { do: "zoom"; factor: number; x: number; y: number; dx: number; dy: number };

type Gesture = "none" | "tap" | "point" | "drag" | "two" | "scroll" | "zoom" | "spent";

export interface TouchState {
  fingers: readonly Finger[];
  gesture: Gesture;
  start: Finger;
  /** Distance between two fingers when they came down. */
  spread: number;
}

export const AT_REST: TouchState = { fingers: [], gesture: "none", start: { id: -1, x: 0, y: 0 }, spread: 0 };

const SLOP = 8;
const ZOOM_SLOP = 22;
/** A trackpad moves further than the finger. */
const TRACKPAD_GAIN = 1.6;

interface Outcome {
  state: TouchState;
  effects: TouchEffect[];
}

const distance = (a: Finger, b: Finger) => Math.hypot(a.x - b.x, a.y - b.y);

function pair(fingers: readonly Finger[]): { x: number; y: number; spread: number } | null {
  const [a, b] = fingers;
  if (!a || !b) return null;
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, spread: distance(a, b) };
}

export function touch(state: TouchState, input: TouchInput, mode: TouchMode): Outcome {
  switch (input.type) {
    case "down":
      return down(state, input);
    case "move":
      return move(state, input, mode);
    case "up":
      return up(state, input, mode);
    case "hold":
      return hold(state, mode);
    case "cancel":
      return { state: AT_REST, effects: state.gesture === "drag" ? [{ do: "release" }] : [] };
  }
}

function down(state: TouchState, { id, x, y }: Finger): Outcome {
  const finger = { id, x, y };
  const fingers = [...state.fingers, finger];
  if (fingers.length === 1) {
    return { state: { fingers, gesture: "tap", start: finger, spread: 0 }, effects: [] };
  }
  const both = pair(fingers);
  const effects: TouchEffect[] = state.gesture === "drag" ? [{ do: "release" }] : [];
  if (fingers.length > 2 || !both) return { state: { ...state, fingers, gesture: "spent" }, effects };
  return { state: { fingers, gesture: "two", start: { id: -1, x: both.x, y: both.y }, spread: both.spread }, effects };
}

function move(state: TouchState, { id, x, y }: Finger, mode: TouchMode): Outcome {
  const before = state.fingers.find((finger) => finger.id === id);
  if (!before) return { state, effects: [] };
  const fingers = state.fingers.map((finger) => (finger.id === id ? { id, x, y } : finger));
  const next = { ...state, fingers };
  const [dx, dy] = [x - before.x, y - before.y];

  switch (state.gesture) {
    case "tap": {
      if (distance(state.start, { id, x, y }) < SLOP) return { state: next, effects: [] };
      if (mode === "trackpad") return { state: { ...next, gesture: "point" }, effects: [] };
      const { start } = state;
      return {
        state: { ...next, gesture: "drag" },
        effects: [{ do: "moveTo", x: start.x, y: start.y }, { do: "press" }, { do: "moveTo", x, y }],
      };
    }
    case "point":
      return { state: next, effects: [{ do: "moveBy", dx: dx * TRACKPAD_GAIN, dy: dy * TRACKPAD_GAIN }] };
    case "drag":
      return {
        state: next,
        effects: [mode === "trackpad" ? { do: "moveBy", dx: dx * TRACKPAD_GAIN, dy: dy * TRACKPAD_GAIN } : { do: "moveTo", x, y }],
      };
    case "two":
    case "scroll":
    case "zoom":
      return twoFingers(state, next);
    default:
      return { state: next, effects: [] };
  }
}

function twoFingers(state: TouchState, next: TouchState): Outcome {
  const [was, is] = [pair(state.fingers), pair(next.fingers)];
  if (!was || !is) return { state: next, effects: [] };
  if (state.gesture === "two") {
    if (Math.abs(is.spread - state.spread) > ZOOM_SLOP) return { state: { ...next, gesture: "zoom" }, effects: [] };
    const moved = Math.hypot(is.x - state.start.x, is.y - state.start.y);
    return { state: moved > SLOP * 1.5 ? { ...next, gesture: "scroll" } : next, effects: [] };
  }
  const [dx, dy] = [is.x - was.x, is.y - was.y];
  if (state.gesture === "scroll") return { state: next, effects: [{ do: "scroll", dx: -dx, dy: -dy }] };
  const factor = was.spread > 0 ? is.spread / was.spread : 1;
  return { state: next, effects: [{ do: "zoom", factor, x: is.x, y: is.y, dx, dy }] };
}

function up(state: TouchState, { id }: Finger, mode: TouchMode): Outcome {
  const fingers = state.fingers.filter((finger) => finger.id !== id);
  const effects: TouchEffect[] = [];
  if (state.gesture === "tap") {
    if (mode === "direct") effects.push({ do: "moveTo", x: state.start.x, y: state.start.y });
    effects.push({ do: "click" });
  } else if (state.gesture === "drag") {
    effects.push({ do: "release" });
  } else if (state.gesture === "two") {
    if (mode === "direct") effects.push({ do: "moveTo", x: state.start.x, y: state.start.y });
    effects.push({ do: "rightClick" });
  }
  if (fingers.length === 0) return { state: AT_REST, effects };
  // The finger that is left must not begin something new.
  return { state: { ...state, fingers, gesture: "spent" }, effects };
}

function hold(state: TouchState, mode: TouchMode): Outcome {
  if (state.gesture !== "tap") return { state, effects: [] };
  if (mode === "trackpad") return { state: { ...state, gesture: "drag" }, effects: [{ do: "press" }] };
  const { start } = state;
  return { state: { ...state, gesture: "spent" }, effects: [{ do: "moveTo", x: start.x, y: start.y }, { do: "rightClick" }] };
}
