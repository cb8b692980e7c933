import { infiniteQueryOptions, keepPreviousData, queryOptions } from "@tanstack/react-query";
import { query, request, requestPage } from "./client";
import type { Account, Analytics, AuditPage, Quotas, Role, Settings } from "./wire";
import type { ResetLink, SignIn } from "./wire-accounts";

export interface AuditFilter {
  user: string;
  action: string;
  from: string;
  to: string;
}

export const AUDIT_PAGE = 50;

const filterValues = ({ user, action, from, to }: AuditFilter) => ({ user, action, from, to });

export function auditQuery(filter: AuditFilter, offset: number) {
  return queryOptions({
    queryKey: ["audit", filter, offset],
    queryFn: ({ signal }) =>
      request<AuditPage>(`/api/audit${query({ ...filterValues(filter), limit: AUDIT_PAGE, offset })}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

export const auditFiltersQuery = queryOptions({
  queryKey: ["audit", "filters"],
  queryFn: ({ signal }) => request<{ actions: string[]; users: string[] }>("/api/audit/filters", { signal }),
});

/** Where the browser downloads the complete export with these filters. */
export function auditExportUrl(filter: AuditFilter, format: "csv" | "jsonl"): string {
  return `/api/audit/export${query({ ...filterValues(filter), format })}`;
}

export function analyticsQuery(from: string, to: string) {
  return queryOptions({
    queryKey: ["analytics", from, to],
    queryFn: ({ signal }) => request<Analytics>(`/api/analytics${query({ from, to })}`, { signal }),
    placeholderData: keepPreviousData,
    staleTime: 0,
  });
}

export const quotasQuery = queryOptions({
  queryKey: ["quotas"],
  queryFn: ({ signal }) => request<Quotas>("/api/quotas", { signal }),
  staleTime: 0,
});

export const accountsQuery = infiniteQueryOptions({
  queryKey: ["accounts"],
  queryFn: ({ signal, pageParam }) => requestPage<Account>(pageParam, { signal }),
  initialPageParam: "/api/admin/users?limit=100",
  getNextPageParam: (page) => page.next,
});

const accountPath = (id: string) => `/api/admin/users/${encodeURIComponent(id)}`;

export function accountQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", id],
    queryFn: ({ signal }) => request<Account>(accountPath(id), { signal }),
  });
}

export interface AccountDraft {
  username: string;
  email: string;
  display_name: string;
  roles: Role[];
  disabled: boolean;
  /** Left out when it stays as it is. */
  password?: string;
}

export function createAccount(draft: AccountDraft): Promise<Account> {
  return request("/api/admin/users", { method: "POST", body: draft });
}

export function updateAccount(id: string, draft: AccountDraft): Promise<Account> {
  return request(accountPath(id), { method: "PUT", body: draft });
}

export function deleteAccount(id: string): Promise<void> {
  return request(accountPath(id), { method: "DELETE" });
}

/** Makes a link with which the person sets a new password; it is shown this once. */
export function createResetLink(id: string): Promise<ResetLink> {
  return request(`${accountPath(id)}/reset`, { method: "POST" });
}

/** For somebody who has lost their authenticator and their recovery codes. */
export function removeSecondFactor(id: string): Promise<void> {
  return request(`${accountPath(id)}/second-factor`, { method: "DELETE" });
}

export function signInsOfQuery(id: string) {
  return queryOptions({
    queryKey: ["accounts", id, "sign-ins"],
    queryFn: ({ signal }) => request<SignIn[]>(`${accountPath(id)}/sign-ins`, { signal }),
    staleTime: 0,
  });
}

export function endSignInsOf(id: string): Promise<void> {
  return request(`${accountPath(id)}/sign-ins`, { method: "DELETE" });
}

export const settingsQuery = queryOptions({
  queryKey: ["settings"],
  queryFn: ({ signal }) => request<Settings>("/api/admin/settings", { signal }),
  staleTime: 0,
});

export function updateSettings(settings: Settings): Promise<Settings> {
  return request("/api/admin/settings", { method: "PUT", body: settings });
}
