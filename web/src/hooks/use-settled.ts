import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useState } from "react";

const PATIENCE_MS = 4000;

/**
 * False until the first answers are painted: what a person does not see yet waits for what they
 * do. Frames are counted, not milliseconds, so that a busy machine keeps the order, too. An answer
 * that does not come, or a tab that nobody looks at, holds it up for a moment only.
 */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  const isQuiet = useIsFetching() === 0;
  useEffect(() => {
    if (settled) return undefined;
    const settle = () => setSettled(true);
    const timer = setTimeout(settle, PATIENCE_MS);
    // The first frame paints the answers, the second follows it.
    let frame = isQuiet ? requestAnimationFrame(() => (frame = requestAnimationFrame(settle))) : 0;
    return () => {
      clearTimeout(timer);
      cancelAnimationFrame(frame);
    };
  }, [isQuiet, settled]);
  return settled;
}
