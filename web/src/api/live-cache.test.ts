import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { sampleApp, sampleSession } from "@/testing/samples";
import { appsQuery } from "./apps";
import { createLiveCache, withEvent } from "./live-cache";
import { createQueryClient } from "./query-client";
import { liveSessionsQuery, sessionQuery } from "./sessions";
import type { SessionEvent } from "./wire";

const event = (more: Partial<SessionEvent> = {}): SessionEvent => ({
  type: "session.stopped",
  session_id: "s1",
  app_id: "terminal",
  status: "stopped",
  phase: "ended",
  reason: null,
  version: 4,
  at: "2026-11-21T11:00:00Z",
  ...more,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("ignores an event that is older than what is known", () => {
  const session = sampleSession({ version: 9 });
  expect(withEvent(session, event())).toBe(session);
});

it("counts the time of a phase from its own event", () => {
  expect(withEvent(sampleSession(), event()).phase_since).toBe("2026-11-21T11:00:00Z");
});

it("takes an ended session off the live ones at once", () => {
  const client = createQueryClient();
  client.setQueryData(liveSessionsQuery.queryKey, [sampleSession()]);
  client.setQueryData(sessionQuery("s1").queryKey, sampleSession());
  createLiveCache(client)({ kind: "session", event: event() });
  expect(client.getQueryData(liveSessionsQuery.queryKey)).toEqual([]);
  expect(client.getQueryData(sessionQuery("s1").queryKey)?.status).toBe("stopped");
});

it("reads the lists again once for many events", () => {
  const client = createQueryClient();
  const invalidate = vi.spyOn(client, "invalidateQueries");
  const apply = createLiveCache(client);
  for (let version = 4; version < 20; version += 1) apply({ kind: "session", event: event({ version }) });
  expect(invalidate).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1000);
  expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([["sessions"], ["quotas"]]);
});

it("asks who is signed in when the stream is refused", () => {
  const client = createQueryClient();
  const invalidate = vi.spyOn(client, "invalidateQueries");
  createLiveCache(client)({ kind: "lost" });
  vi.advanceTimersByTime(1000);
  expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([["me"]]);
});

it("reads everything again when events were lost", () => {
  const client = createQueryClient();
  const invalidate = vi.spyOn(client, "invalidateQueries");
  createLiveCache(client)({ kind: "resync" });
  vi.advanceTimersByTime(1000);
  expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([["sessions"], ["apps"], ["quotas"], ["access-requests"]]);
});

it("reads requests and apps again when a request was made or decided", () => {
  const client = createQueryClient();
  const invalidate = vi.spyOn(client, "invalidateQueries");
  createLiveCache(client)({ kind: "access" });
  vi.advanceTimersByTime(1000);
  expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([["access-requests"], ["apps"]]);
});

it("looks after the apps on a fresh stream where somebody waits to be let in", () => {
  const client = createQueryClient();
  const invalidate = vi.spyOn(client, "invalidateQueries");
  const connect = () => {
    invalidate.mockClear();
    createLiveCache(client)({ kind: "connected" });
    vi.advanceTimersByTime(1000);
    return invalidate.mock.calls.map(([filter]) => filter?.queryKey);
  };
  client.setQueryData(appsQuery.queryKey, [sampleApp()]);
  expect(connect()).toEqual([["sessions"], ["access-requests"]]);
  client.setQueryData(appsQuery.queryKey, [sampleApp({ can_launch: false, access_request: { id: "r1", status: "pending" } })]);
  expect(connect()).toEqual([["sessions"], ["access-requests"], ["apps"]]);
});
