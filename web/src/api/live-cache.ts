import type { QueryClient } from "@tanstack/react-query";
import { appsQuery, isAskedFor } from "./apps";
import type { LiveEvent } from "./events";
import { isLive, liveSessionsQuery, sessionQuery } from "./sessions";
import type { Session, SessionEvent } from "./wire";

const SETTLE_MS = 120;

/** The session as the event tells it; an event older than what we know changes nothing. */
export function withEvent(session: Session, event: SessionEvent): Session {
  if (event.version <= session.version) return session;
  const { status, phase, reason, version } = event;
  return {
    ...session,
    status,
    phase,
    reason: reason ?? session.reason,
    version,
    phase_since: phase === session.phase ? session.phase_since : event.at,
  };
}

/**
 * Applies the server's events to the cache: what an event says is shown at once, and the lists
 * that it touches are read again shortly after, many events together.
 */
export function createLiveCache(client: QueryClient): (event: LiveEvent) => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const touched = new Set<string>();

  const refetch = (...names: string[]) => {
    names.forEach((name) => touched.add(name));
    timer ??= setTimeout(() => {
      timer = undefined;
      const keys = [...touched];
      touched.clear();
      keys.forEach((key) => void client.invalidateQueries({ queryKey: [key] }));
    }, SETTLE_MS);
  };

  return (message) => {
    switch (message.kind) {
      case "connected":
        // What happened between the first reads and this moment was told to nobody.
        refetch("sessions", "access-requests");
        if (client.getQueryData(appsQuery.queryKey)?.some(isAskedFor)) refetch("apps");
        return;
      case "lost":
        refetch("me");
        return;
      case "resync":
        refetch("sessions", "apps", "quotas", "access-requests");
        return;
      case "apps":
        refetch("apps");
        return;
      case "access":
        // What was granted can be launched now.
        refetch("access-requests", "apps");
        return;
      case "session":
        applySession(client, message.event);
        refetch("sessions", "quotas");
    }
  };
}

function applySession(client: QueryClient, event: SessionEvent): void {
  client.setQueryData(sessionQuery(event.session_id).queryKey, (known) => known && withEvent(known, event));
  client.setQueryData(liveSessionsQuery.queryKey, (list) =>
    list
      ?.map((session) => (session.id === event.session_id ? withEvent(session, event) : session))
      .filter((session) => isLive(session.status)),
  );
}
