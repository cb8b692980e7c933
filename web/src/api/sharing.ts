import { queryOptions } from "@tanstack/react-query";
import { query, request } from "./client";
import type { Session } from "./wire";
import type { JoinStanding, Share, SharePermission, Viewer } from "./wire-sharing";

const path = (session: string) => `/api/sessions/${encodeURIComponent(session)}`;

// Below "sessions", so that every event about sessions reads these again too.

/** Sessions of others that the caller was let into. */
export const sharedSessionsQuery = queryOptions({
  queryKey: ["sessions", "shared"],
  queryFn: ({ signal }) => request<Session[]>("/api/sessions/shared", { signal }),
});

export function sharesQuery(session: string) {
  return queryOptions({
    queryKey: ["sessions", "shares", session],
    queryFn: ({ signal }) => request<Share[]>(`${path(session)}/shares`, { signal }),
    staleTime: 0,
  });
}

export function viewersQuery(session: string) {
  return queryOptions({
    queryKey: ["sessions", "viewers", session],
    queryFn: ({ signal }) => request<Viewer[]>(`${path(session)}/viewers`, { signal }),
    staleTime: 0,
  });
}

/** Whom to let in: somebody by name, or whoever has the link. */
export type ShareDraft = { permission: SharePermission; expires_in: number } & (
  | { username: string }
  | { link_share: true; max_uses?: number; approval: boolean; guests: boolean }
);

export function createShare(session: string, draft: ShareDraft): Promise<Share> {
  return request(`${path(session)}/shares`, { method: "POST", body: draft });
}

export function endShare(session: string, share: string): Promise<void> {
  return request(`${path(session)}/shares/${encodeURIComponent(share)}`, { method: "DELETE" });
}

export type Verdict = "admit" | "refuse" | "cut";

/** Lets a waiting viewer in, sends them away, or cuts one who watches. */
export function decideViewer(session: string, viewer: string, verdict: Verdict): Promise<void> {
  const target = `${path(session)}/viewers/${encodeURIComponent(viewer)}`;
  return verdict === "cut" ? request(target, { method: "DELETE" }) : request(`${target}/${verdict}`, { method: "POST" });
}

/** Cuts everybody but the owner; with `revoke`, nobody can come back either. */
export function cutEverybody(session: string, revoke: boolean): Promise<void> {
  return request(`${path(session)}/viewers${query({ revoke: revoke ? "true" : undefined })}`, { method: "DELETE" });
}

/** Gives keyboard and mouse to one viewer; null takes them back. */
export function handOver(session: string, viewer: string | null): Promise<void> {
  return request(`${path(session)}/control`, { method: "POST", body: { viewer_id: viewer } });
}

/** Opens somebody's session for an administrator, for an hour; the reason is audited. */
export function observeSession(session: string, reason: string): Promise<Session> {
  return request(`${path(session)}/observe`, { method: "POST", body: { reason } });
}

/** Exchanges the secret of a link: the session itself, or a place in the queue. */
export function joinByLink(token: string, name?: string): Promise<Session | JoinStanding> {
  return request("/api/sessions/shares/join", { method: "POST", body: name ? { token, name } : { token } });
}

export function joinStanding(join: string, signal?: AbortSignal): Promise<JoinStanding> {
  return request(`/api/sessions/joins/${encodeURIComponent(join)}`, signal ? { signal } : {});
}
