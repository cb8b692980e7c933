import { useEffect, useReducer, useRef, useState, type RefObject } from "react";
import { START, step, type Link } from "./reconnect";
import type { ScreenClient } from "./rfb-client";

/** Loads the viewer ahead of time, while the session is still starting. */
export function loadViewer() {
  return import("./rfb-client");
}

interface Screen {
  link: Link;
  client: ScreenClient | null;
  /** The last picture of a connection that is gone. */
  lastFrame: HTMLCanvasElement | null;
  retry: () => void;
}

/** Keeps a screen connected inside `target`, for as long as the component is there. */
export function useScreen(target: RefObject<HTMLElement | null>, path: string, onCopied: (text: string) => void): Screen {
  const [link, dispatch] = useReducer(step, START);
  const [client, setClient] = useState<ScreenClient | null>(null);
  const [lastFrame, setLastFrame] = useState<HTMLCanvasElement | null>(null);
  const copied = useRef(onCopied);
  useEffect(() => {
    copied.current = onCopied;
  }, [onCopied]);

  const isDialing = link.kind === "connecting" || link.kind === "live";
  useEffect(() => {
    const element = target.current;
    if (!isDialing || !element) return undefined;
    let current: ScreenClient | null = null;
    let isGone = false;
    const closed = (code: number, reason: string) => {
      const frame = current?.lastFrame();
      if (frame) setLastFrame(frame);
      setClient(null);
      dispatch({ type: "closed", code, reason, now: Date.now(), random: Math.random() });
    };
    loadViewer().then(
      ({ connectScreen }) => {
        if (isGone) return;
        current = connectScreen(element, path, {
          onLive: () => {
            setClient(current);
            setLastFrame(null);
            dispatch({ type: "opened" });
          },
          onClosed: closed,
          onCopied: (text) => copied.current(text),
        });
      },
      // The viewer's code did not arrive: the same remedy as for a lost connection.
      () => closed(0, ""),
    );
    return () => {
      isGone = true;
      current?.close();
      setClient(null);
    };
  }, [isDialing, path, target]);

  const until = link.kind === "waiting" ? link.until : null;
  useEffect(() => {
    if (until === null) return undefined;
    const again = () => dispatch({ type: "again" });
    const timer = setTimeout(again, Math.max(0, until - Date.now()));
    window.addEventListener("online", again);
    return () => {
      clearTimeout(timer);
      window.removeEventListener("online", again);
    };
  }, [until]);

  return { link, client, lastFrame, retry: () => dispatch({ type: "again" }) };
}
