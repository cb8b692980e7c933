import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "./problem";

const RETRIES = 2;

/** The one cache of what the server said. The event stream, not a timer, makes it fresh. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 30_000,
        refetchOnWindowFocus: true,
        retry: (failures, cause) => {
          const { status } = asProblem(cause);
          return failures < RETRIES && (status === 0 || status >= 500);
        },
        retryDelay: (failures) => Math.min(4000, 400 * 2 ** failures),
      },
      mutations: { retry: false },
    },
  });
}
