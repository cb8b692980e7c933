import { meQuery } from "@/api/auth";
import { appsQuery } from "@/api/apps";
import { createQueryClient } from "@/api/query-client";
import { liveSessionsQuery } from "@/api/sessions";

export const queryClient = createQueryClient();

/** Pages in front of the door, where most people are strangers and nobody sees a catalog. */
const IN_FRONT: readonly string[] = ["/sign-in", "/register", "/reset", "/join"];

/** Asks for everything that the first paint needs at once, instead of one after the other. */
export function prefetchFirstPaint(pathname: string): void {
  // What fails here is asked again, and told, by the component that needs it.
  const ask = (answer: Promise<unknown>) => void answer.catch(() => undefined);
  ask(queryClient.query({ ...meQuery, retry: false }));
  if (IN_FRONT.includes(pathname)) return;
  ask(queryClient.query({ ...appsQuery, retry: false }));
  ask(queryClient.query({ ...liveSessionsQuery, retry: false }));
}
