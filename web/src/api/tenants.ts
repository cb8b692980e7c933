import { queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import type { Member, Membership, Tenant, TenantDraft, TenantRole } from "./wire-access";

/** The tenants that one is a member of. */
export const ownTenantsQuery = queryOptions({
  queryKey: ["me", "tenants"],
  queryFn: ({ signal }) => request<Membership[]>("/api/tenants", { signal }),
  staleTime: 5 * 60_000,
});

const path = (id: string) => `/api/admin/tenants/${encodeURIComponent(id)}`;

/** Every tenant, or those that one administers. */
export const tenantsQuery = queryOptions({
  queryKey: ["tenants"],
  queryFn: ({ signal }) => request<Tenant[]>("/api/admin/tenants", { signal }),
});

export function tenantQuery(id: string) {
  return queryOptions({
    queryKey: ["tenants", id],
    queryFn: ({ signal }) => request<Tenant>(path(id), { signal }),
  });
}

export function createTenant(draft: TenantDraft): Promise<Tenant> {
  return request("/api/admin/tenants", { method: "POST", body: draft });
}

export function updateTenant(id: string, draft: TenantDraft): Promise<Tenant> {
  return request(path(id), { method: "PUT", body: draft });
}

export function deleteTenant(id: string): Promise<void> {
  return request(path(id), { method: "DELETE" });
}

export function membersQuery(id: string) {
  return queryOptions({
    queryKey: ["tenants", id, "members"],
    queryFn: ({ signal }) => request<Member[]>(`${path(id)}/members`, { signal }),
    staleTime: 0,
  });
}

/** Makes somebody a member, or gives a member these roles. */
export function saveMember(id: string, user: string, roles: readonly TenantRole[]): Promise<Member> {
  return request(`${path(id)}/members`, { method: "POST", body: { user_id: user, roles } });
}

export function removeMember(id: string, user: string): Promise<void> {
  return request(`${path(id)}/members/${encodeURIComponent(user)}`, { method: "DELETE" });
}
