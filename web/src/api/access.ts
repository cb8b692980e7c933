import { queryOptions } from "@tanstack/react-query";
import { query, request } from "./client";
import type { AccessRequest, AccessRequestStatus, Category, Explanation, Person } from "./wire-access";

const category = (id: string) => `/api/categories/${encodeURIComponent(id)}`;

export const categoriesQuery = queryOptions({
  queryKey: ["categories"],
  queryFn: ({ signal }) => request<Category[]>("/api/categories", { signal }),
});

export function categoryQuery(id: string) {
  return queryOptions({
    queryKey: ["categories", id],
    queryFn: ({ signal }) => request<Category>(category(id), { signal }),
  });
}

export interface CategoryDraft {
  name: string;
  description: string;
}

export function createCategory(draft: CategoryDraft): Promise<Category> {
  return request("/api/categories", { method: "POST", body: draft });
}

export function updateCategory(id: string, draft: CategoryDraft): Promise<Category> {
  return request(category(id), { method: "PUT", body: draft });
}

export function deleteCategory(id: string): Promise<void> {
  return request(category(id), { method: "DELETE" });
}

/** Who manages a category, or who may use its apps for approved people. */
export type CategoryRight = "admins" | "approved-users";

export function categoryPeopleQuery(id: string, right: CategoryRight) {
  return queryOptions({
    queryKey: ["categories", id, right],
    queryFn: ({ signal }) => request<Person[]>(`${category(id)}/${right}?expand=users`, { signal }),
    staleTime: 0,
  });
}

export function giveCategoryRight(id: string, right: CategoryRight, user: string): Promise<void> {
  return request(`${category(id)}/${right}`, { method: "POST", body: { user_id: user } });
}

export function takeCategoryRight(id: string, right: CategoryRight, user: string): Promise<void> {
  return request(`${category(id)}/${right}/${encodeURIComponent(user)}`, { method: "DELETE" });
}

/** People of the tenant by a part of their name. */
export function peopleQuery(text: string) {
  return queryOptions({
    queryKey: ["people", text],
    queryFn: ({ signal }) => request<Person[]>(`/api/users${query({ q: text })}`, { signal }),
  });
}

/** One's own requests and those one may decide; newest first. */
export function accessRequestsQuery(status: AccessRequestStatus | "") {
  return queryOptions({
    queryKey: ["access-requests", status],
    queryFn: ({ signal }) => request<AccessRequest[]>(`/api/access-requests${query({ status })}`, { signal }),
    staleTime: 0,
  });
}

export function askForAccess(app: string, message: string): Promise<AccessRequest> {
  return request(`/api/apps/${encodeURIComponent(app)}/access-requests`, { method: "POST", body: { message } });
}

const accessRequest = (id: string) => `/api/access-requests/${encodeURIComponent(id)}`;

export function decideAccess(id: string, decision: "grant" | "refuse", note: string): Promise<AccessRequest> {
  return request(`${accessRequest(id)}/${decision}`, { method: "POST", body: { note } });
}

export function withdrawAccess(id: string): Promise<AccessRequest> {
  return request(`${accessRequest(id)}/withdraw`, { method: "POST" });
}

/** What a question can be about, as the parameter that names it. */
export type ObjectKind = "app_id" | "session_id" | "category_id" | "tenant_id";

export interface AccessQuestion {
  action: string;
  kind: ObjectKind;
  object: string;
  /** Somebody else's id; empty for oneself. */
  user: string;
}

export function explanationQuery({ action, kind, object, user }: AccessQuestion) {
  return queryOptions({
    queryKey: ["explain", action, kind, object, user],
    queryFn: ({ signal }) => request<Explanation>(`/api/access/explain${query({ action, [kind]: object, user_id: user })}`, { signal }),
    staleTime: 0,
  });
}
