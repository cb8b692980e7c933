import type { TouchEffect } from "./touch-gestures";

const LEFT = 1;
const RIGHT = 2;
const BUTTON_OF = { [LEFT]: 0, [RIGHT]: 2 } as const;

/** A pointer of our own over the canvas, driven by gestures, seen by noVNC as an ordinary mouse. */
export interface Pointer {
  /** Position in the window. */
  x: number;
  y: number;
  /**
   * Acts on everything but a zoom, which concerns the view only. `zoom` is how much larger the
   * canvas is drawn at this moment than noVNC believes.
   */
  apply: (effect: Exclude<TouchEffect, { do: "zoom" }>, zoom: number) => void;
}

export function createPointer(canvas: () => HTMLCanvasElement | null): Pointer {
  let buttons = 0;
  let zoom = 1;

  const send = (type: string, extra: MouseEventInit = {}) => {
    const target = canvas();
    if (!target) return;
    const box = target.getBoundingClientRect();
    // noVNC measures from the canvas's corner in its own, unzoomed pixels.
    const clientX = box.left + (pointer.x - box.left) / zoom;
    const clientY = box.top + (pointer.y - box.top) / zoom;
    // It captures the mouse while a button is down, and looks for the release on the window.
    const receiver = type === "mouseup" ? window : target;
    receiver.dispatchEvent(new MouseEvent(type, { clientX, clientY, buttons, cancelable: true, ...extra }));
  };
  const button = (mask: typeof LEFT | typeof RIGHT, isDown: boolean) => {
    buttons = isDown ? mask : 0;
    send(isDown ? "mousedown" : "mouseup", { button: BUTTON_OF[mask] });
  };
  const moveTo = (x: number, y: number) => {
    const box = canvas()?.getBoundingClientRect();
    if (!box) return;
    pointer.x = Math.min(box.right - 1, Math.max(box.left, x));
    pointer.y = Math.min(box.bottom - 1, Math.max(box.top, y));
    send("mousemove");
  };

  const pointer: Pointer = {
    x: window.innerWidth / 2,
    y: window.innerHeight / 2,
    apply: (effect, drawnZoom) => {
      zoom = drawnZoom;
      switch (effect.do) {
        case "moveTo":
          moveTo(effect.x, effect.y);
          return;
        case "moveBy":
          moveTo(pointer.x + effect.dx, pointer.y + effect.dy);
          return;
        case "press":
          button(LEFT, true);
          return;
        case "release":
          button(LEFT, false);
          return;
        case "click":
          button(LEFT, true);
          button(LEFT, false);
          return;
        case "rightClick":
          button(RIGHT, true);
          button(RIGHT, false);
          return;
        case "scroll": {
          const box = canvas()?.getBoundingClientRect();
          if (!box) return;
          canvas()?.dispatchEvent(
            new WheelEvent("wheel", {
              deltaX: effect.dx * 2,
              deltaY: effect.dy * 2,
              clientX: box.left + (pointer.x - box.left) / zoom,
              clientY: box.top + (pointer.y - box.top) / zoom,
              cancelable: true,
            }),
          );
        }
      }
    },
  };
  return pointer;
}
