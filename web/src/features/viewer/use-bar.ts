import { useCallback, useEffect, useRef, useState, type PointerEvent } from "react";
import { createChord } from "./chord";
import { nearestPlace, storedPlace, storePlace, type BarPlace } from "./bar-place";

const LEAVE_MS = 900;
const INTRODUCTION_MS = 3500;
const DRAG_SLOP = 6;

/**
 * When the edge bar is open and where it sits. It introduces itself once, opens on hover, touch,
 * focus or Ctrl-Alt-Shift, and hides when the pointer has left, unless something of it is in use.
 */
export function useBar(onChord: () => void) {
  const [isOpen, setIsOpen] = useState(true);
  const [place, setPlace] = useState<BarPlace>(storedPlace);
  const [isDragged, setIsDragged] = useState(false);
  const pinned = useRef(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const show = useCallback(() => {
    clearTimeout(timer.current);
    setIsOpen(true);
  }, []);
  const hideSoon = useCallback((delay = LEAVE_MS) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => pinned.current || setIsOpen(false), delay);
  }, []);
  const hideNow = useCallback(() => {
    clearTimeout(timer.current);
    if (!pinned.current) setIsOpen(false);
  }, []);
  /** While a menu of the bar is open, the bar stays. */
  const pin = useCallback(
    (isPinned: boolean) => {
      pinned.current = isPinned;
      if (isPinned) show();
      else hideSoon();
    },
    [hideSoon, show],
  );

  useEffect(() => {
    hideSoon(INTRODUCTION_MS);
    return () => clearTimeout(timer.current);
  }, [hideSoon]);

  useEffect(() => {
    const chord = createChord();
    const onKey = (event: KeyboardEvent) => {
      if (!chord(event)) return;
      show();
      onChord();
    };
    // Captured: the app's screen takes every key that reaches it.
    window.addEventListener("keydown", onKey, true);
    window.addEventListener("keyup", onKey, true);
    return () => {
      window.removeEventListener("keydown", onKey, true);
      window.removeEventListener("keyup", onKey, true);
    };
  }, [onChord, show]);

  const grip = useRef<{ x: number; y: number } | null>(null);
  const drag = {
    onPointerDown: (event: PointerEvent<HTMLElement>) => {
      grip.current = { x: event.clientX, y: event.clientY };
      event.currentTarget.setPointerCapture(event.pointerId);
    },
    onPointerMove: ({ clientX, clientY }: PointerEvent) => {
      const start = grip.current;
      if (!start || (!isDragged && Math.hypot(clientX - start.x, clientY - start.y) < DRAG_SLOP)) return;
      setIsDragged(true);
      setPlace(nearestPlace(clientX, clientY, window.innerWidth, window.innerHeight));
    },
    onPointerUp: () => {
      grip.current = null;
      if (isDragged) storePlace(place);
      setIsDragged(false);
    },
  };

  const move = useCallback((next: BarPlace) => {
    setPlace(next);
    storePlace(next);
  }, []);

  return { isOpen, place, isDragged, show, hideSoon, hideNow, pin, drag, move };
}

export type Bar = ReturnType<typeof useBar>;
