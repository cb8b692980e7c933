import { useIsFetching } from "@tanstack/react-query";
import { useEffect, useState } from "react";

const PATIENCE_MS = 1500;
const QUIET_MS = 60;

/**
 * False until the first answers are painted: what a person does not see yet waits for what they
 * do. A slow answer holds it up for a moment only.
 */
export function useSettled(): boolean {
  const [settled, setSettled] = useState(false);
  const fetching = useIsFetching();
  useEffect(() => {
    if (settled) return undefined;
    const timer = setTimeout(() => setSettled(true), fetching === 0 ? QUIET_MS : PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [fetching, settled]);
  return settled;
}
