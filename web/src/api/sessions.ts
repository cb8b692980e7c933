import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { query, request, requestPage } from "./client";
import type { Session, SessionStatus } from "./wire";

const LIVE = "running,creating";
const ENDED = "stopped,expired,failed";
const PAGE = 20;

const path = (id: string) => `/api/sessions/${encodeURIComponent(id)}`;

export function isLive(status: SessionStatus): boolean {
  return status === "creating" || status === "running";
}

/** One's own live sessions, newest first. */
export const liveSessionsQuery = queryOptions({
  queryKey: ["sessions", "live"],
  queryFn: ({ signal }) => request<Session[]>(`/api/sessions${query({ status: LIVE })}`, { signal }),
});

/** One's own ended sessions, page by page. */
export const endedSessionsQuery = infiniteQueryOptions({
  queryKey: ["sessions", "ended"],
  queryFn: ({ signal, pageParam }) => requestPage<Session>(pageParam, { signal }),
  initialPageParam: `/api/sessions${query({ status: ENDED, limit: PAGE })}`,
  getNextPageParam: (page) => page.next,
});

export function sessionQuery(id: string) {
  return queryOptions({
    queryKey: ["sessions", "one", id],
    queryFn: ({ signal }) => request<Session>(path(id), { signal }),
    staleTime: 5_000,
  });
}

/** Everybody's sessions, for administrators, page by page. */
export function allSessionsQuery(status: string) {
  return infiniteQueryOptions({
    queryKey: ["sessions", "all", status],
    queryFn: ({ signal, pageParam }) => requestPage<Session>(pageParam, { signal }),
    initialPageParam: `/api/admin/sessions${query({ status, limit: 50 })}`,
    getNextPageParam: (page) => page.next,
  });
}

export interface Launch {
  app_id: string;
  screen_width?: number;
  screen_height?: number;
}

export function launchSession(launch: Launch): Promise<Session> {
  return request("/api/sessions", { method: "POST", body: launch });
}

/** Stops a running session or cancels one that is still being created. */
export function stopSession(id: string): Promise<Session> {
  return request(`${path(id)}/stop`, { method: "POST" });
}

/** Starts the same app again as a new session. */
export function restartSession(id: string): Promise<Session> {
  return request(`${path(id)}/restart`, { method: "POST" });
}
