import { useEffect, useRef, useState, type PointerEvent } from "react";
import { createPointer } from "../pointer";
import type { ScreenClient } from "../rfb-client";
import { AT_REST, touch, type TouchInput, type TouchMode } from "../touch-gestures";

export interface View {
  zoom: number;
  x: number;
  y: number;
}

export const WHOLE_VIEW: View = { zoom: 1, x: 0, y: 0 };

const LARGEST_ZOOM = 5;
const HOLD_MS = 480;

/** The view after a pinch: around the fingers, and never away from the screen. */
function pinched(view: View, effect: { factor: number; x: number; y: number; dx: number; dy: number }): View {
  const zoom = Math.min(LARGEST_ZOOM, Math.max(1, view.zoom * effect.factor));
  const share = zoom / view.zoom;
  const bound = (value: number, size: number) => Math.min(0, Math.max(size - size * zoom, value));
  return {
    zoom,
    x: bound(effect.x - (effect.x - view.x) * share + effect.dx, window.innerWidth),
    y: bound(effect.y - (effect.y - view.y) * share + effect.dy, window.innerHeight),
  };
}

interface TouchLayerProps {
  client: ScreenClient;
  mode: TouchMode;
  view: View;
  onView: (view: View) => void;
  /** A touch on the screen, for what hides then. */
  onTouch: () => void;
}

/** Takes every finger on the screen and plays it to the app as a mouse. */
export function TouchLayer({ client, mode, view, onView, onTouch }: TouchLayerProps) {
  const state = useRef(AT_REST);
  const holding = useRef<ReturnType<typeof setTimeout>>(undefined);
  const [pointer] = useState(() => createPointer(() => client.canvas));
  const [place, setPlace] = useState({ x: window.innerWidth / 2, y: window.innerHeight / 2 });

  useEffect(() => () => clearTimeout(holding.current), []);

  const feed = (input: TouchInput) => {
    const outcome = touch(state.current, input, mode);
    state.current = outcome.state;
    for (const effect of outcome.effects) {
      if (effect.do === "zoom") onView(pinched(view, effect));
      else pointer.apply(effect, view.zoom);
    }
    if (outcome.effects.length > 0) setPlace({ x: pointer.x, y: pointer.y });
  };
  const finger = ({ pointerId, clientX, clientY }: PointerEvent) => ({ id: pointerId, x: clientX, y: clientY });

  return (
    <div
      className="absolute inset-0 touch-none"
      onPointerDown={(event) => {
        onTouch();
        event.currentTarget.setPointerCapture(event.pointerId);
        clearTimeout(holding.current);
        holding.current = setTimeout(() => feed({ type: "hold" }), HOLD_MS);
        feed({ type: "down", ...finger(event) });
      }}
      onPointerMove={(event) => feed({ type: "move", ...finger(event) })}
      onPointerUp={(event) => {
        clearTimeout(holding.current);
        feed({ type: "up", ...finger(event) });
      }}
      onPointerCancel={() => {
        clearTimeout(holding.current);
        feed({ type: "cancel" });
      }}
    >
      {mode === "trackpad" && (
        <svg
          aria-hidden="true"
          viewBox="0 0 24 24"
          className="pointer-events-none absolute size-6 drop-shadow"
          style={{ left: place.x, top: place.y }}
        >
          <path d="M1 1v17l5-4 3 7 3-1.4-3-6.6h6z" fill="#fff" stroke="#111" strokeWidth="1.4" />
        </svg>
      )}
    </div>
  );
}
