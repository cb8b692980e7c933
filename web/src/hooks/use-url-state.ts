import { useCallback } from "react";
import { useSearchParams } from "react-router";

/** One value that lives in the address, so that a reload and a shared link keep it. */
export function useUrlState(name: string, fallback = ""): [string, (value: string) => void] {
  const [params, setParams] = useSearchParams();
  const set = useCallback(
    (value: string) => {
      setParams(
        (known) => {
          const next = new URLSearchParams(known);
          if (value === fallback) next.delete(name);
          else next.set(name, value);
          return next;
        },
        { replace: true },
      );
    },
    [fallback, name, setParams],
  );
  return [params.get(name) ?? fallback, set];
}
