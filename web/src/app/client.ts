import { meQuery } from "@/api/auth";
import { appsQuery } from "@/api/apps";
import { createQueryClient } from "@/api/query-client";
import { liveSessionsQuery } from "@/api/sessions";

export const queryClient = createQueryClient();

/** Asks for everything that the first paint needs at once, instead of one after the other. */
export function prefetchFirstPaint(pathname: string): void {
  // What fails here is asked again, and told, by the component that needs it.
  const ask = (answer: Promise<unknown>) => void answer.catch(() => undefined);
  ask(queryClient.query({ ...meQuery, retry: false }));
  if (pathname === "/sign-in") return;
  ask(queryClient.query({ ...appsQuery, retry: false }));
  ask(queryClient.query({ ...liveSessionsQuery, retry: false }));
}
