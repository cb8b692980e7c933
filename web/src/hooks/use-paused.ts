import { useEffect, useState } from "react";

/** Follows a value after it has stood still for so long: what is asked of the server while one types. */
export function usePaused<T>(value: T, pauseMs: number): T {
  const [paused, setPaused] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(value), pauseMs);
    return () => clearTimeout(timer);
  }, [pauseMs, value]);
  return paused;
}
