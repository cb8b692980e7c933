import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { query, request, requestPage } from "./client";
import type { DryRun, EngineFacts, Explanation, ServiceLogLine, ServiceSecret, Snapshot, SnapshotHead, SnapshotKind, StateDocument } from "./wire-services";

/** How often the engine's work is looked at while there is some, and while there is none. */
const BUSY_MS = 1_500;
const IDLE_MS = 10_000;
const LOGS_MS = 2_000;

export const engineQuery = queryOptions({
  queryKey: ["services", "engine"],
  queryFn: ({ signal }) => request<EngineFacts>("/api/v1/", { signal }),
  refetchInterval: IDLE_MS,
});

export const explainQuery = queryOptions({
  queryKey: ["services", "explain"],
  queryFn: ({ signal }) => request<Explanation>("/api/v1/state/explain", { signal }),
  staleTime: 0,
  refetchInterval: ({ state }) => (state.data?.applied && !state.data.isReconciling ? IDLE_MS : BUSY_MS),
});

export const targetQuery = queryOptions({
  queryKey: ["services", "target"],
  queryFn: ({ signal }) => request<StateDocument>("/api/v1/state/target", { signal }),
  staleTime: 0,
});

/** Says what a target would take, and changes nothing. */
export function planTarget(target: unknown): Promise<DryRun> {
  return request("/api/v1/state/target?dry_run=true", { method: "POST", body: target });
}

export function setTarget(target: unknown): Promise<{ snapshot: number }> {
  return request("/api/v1/state/target", { method: "POST", body: target });
}

/** Asks for a pass at once; what was given up is tried again. */
export function applyNow(): Promise<void> {
  return request("/api/v1/state/apply", { method: "POST" });
}

export function historyQuery(kind: SnapshotKind) {
  return infiniteQueryOptions({
    queryKey: ["services", "history", kind],
    queryFn: ({ pageParam, signal }) => requestPage<SnapshotHead>(pageParam, { signal }),
    initialPageParam: `/api/v1/state/history${query({ type: kind, limit: 50 })}`,
    getNextPageParam: (page) => page.next,
    staleTime: 0,
  });
}

/** One kept state, and where it differs from `against`. */
export function snapshotQuery(id: number, against: number | undefined) {
  return queryOptions({
    queryKey: ["services", "snapshot", id, against],
    queryFn: ({ signal }) => request<Snapshot>(`/api/v1/state/history/${id}${query({ against })}`, { signal }),
    staleTime: Infinity,
  });
}

/** Wants again what was wanted then. */
export function restoreSnapshot(id: number): Promise<{ snapshot: number }> {
  return request(`/api/v1/state/history/${id}/restore`, { method: "POST" });
}

export function logsQuery(service: string, follow: boolean) {
  return queryOptions({
    queryKey: ["services", "logs", service],
    queryFn: async ({ signal }) => (await request<{ logs: ServiceLogLine[] }>(`/api/v1/logs${query({ serviceName: service, limit: 500 })}`, { signal })).logs,
    staleTime: 0,
    refetchInterval: follow ? LOGS_MS : false,
  });
}

export const secretsQuery = queryOptions({
  queryKey: ["services", "secrets"],
  queryFn: ({ signal }) => request<ServiceSecret[]>("/api/v1/secrets", { signal }),
  staleTime: 0,
});

export function setSecret(name: string, value: string): Promise<ServiceSecret> {
  return request(`/api/v1/secrets/${encodeURIComponent(name)}`, { method: "PUT", body: { value } });
}

export function deleteSecret(name: string): Promise<void> {
  return request(`/api/v1/secrets/${encodeURIComponent(name)}`, { method: "DELETE" });
}
