import { queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import type { App, AppSpec, PublicApp } from "./wire";

const path = (id: string) => `/api/apps/${encodeURIComponent(id)}`;

/** The whole catalog that this person may see. */
export const appsQuery = queryOptions({
  queryKey: ["apps"],
  queryFn: ({ signal }) => request<App[]>("/api/apps", { signal }),
  staleTime: 5 * 60_000,
});

/** The public part of the catalog, for people who are not signed in; empty where the operator closed it. */
export const publicAppsQuery = queryOptions({
  queryKey: ["public-apps"],
  queryFn: ({ signal }) => request<PublicApp[]>("/api/apps", { signal }),
  staleTime: 5 * 60_000,
});

/** Whether one waits for somebody to decide about this app. */
export function isAskedFor(app: App): boolean {
  return !app.can_launch && app.access_request?.status === "pending";
}

export function appQuery(id: string) {
  return queryOptions({
    queryKey: ["apps", id],
    queryFn: ({ signal }) => request<App>(path(id), { signal }),
  });
}

export function createApp(spec: AppSpec): Promise<App> {
  return request("/api/apps", { method: "POST", body: spec });
}

/** Replaces the app, unless somebody else changed it since `version`. */
export function updateApp(spec: AppSpec, version: number): Promise<App> {
  return request(path(spec.id), { method: "PUT", body: spec, headers: { "if-match": `"${version}"` } });
}

export function deleteApp(id: string): Promise<void> {
  return request(path(id), { method: "DELETE" });
}

/** Counts the launch of a link app and answers its address. */
export async function openLink(id: string): Promise<string> {
  const answer = await request<{ url: string }>("/api/analytics/launch", {
    method: "POST",
    body: { app_id: id },
  });
  return answer.url;
}
