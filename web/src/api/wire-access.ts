/** The shapes of who may do what: categories, people, requests, explanations, tenants. */

export interface Category {
  id: string;
  name: string;
  description: string;
  tenant_id: string;
  /** Whether one may change it and its people. */
  can_manage: boolean;
  created_at: string;
  updated_at: string;
}

/** Somebody of the same tenant. */
export interface Person {
  id: string;
  username: string;
  display_name: string;
}

export type AccessRequestStatus = "pending" | "granted" | "refused" | "withdrawn";

export interface AccessRequest {
  id: string;
  app_id: string;
  app_name: string;
  category_id: string;
  user_id: string;
  username: string;
  message: string;
  status: AccessRequestStatus;
  decided_by: string | null;
  decision_note: string;
  decided_at: string | null;
  created_at: string;
  can_decide: boolean;
}

export interface Explanation {
  decision: "granted" | "denied" | "hidden";
  /** The rule's code; stable. */
  rule: string;
  because: string;
  action: string;
  object: { kind: string; id: string };
  principal: { id: string; username: string };
}

export interface TenantLooks {
  primary_color: string;
  secondary_color: string;
  logo_url: string;
  display_name: string;
}

/** 0, or nothing, where the tenant has no limit of its own. */
export interface TenantQuotas {
  max_sessions_per_user: number;
  max_total_sessions: number;
  max_users: number;
  max_apps: number;
  default_cpu_request: string;
  default_cpu_limit: string;
  default_mem_request: string;
  default_mem_limit: string;
}

/** What an administrator writes about a tenant. */
export interface TenantDraft {
  name: string;
  slug: string;
  settings: TenantLooks;
  quotas: TenantQuotas;
}

export interface Tenant extends TenantDraft {
  id: string;
  created_at: string;
  updated_at: string;
}

export type TenantRole = "tenant-admin" | "app-author" | "auditor" | "user";

/** A tenant of one's own. */
export interface Membership {
  id: string;
  slug: string;
  name: string;
  roles: (TenantRole | "admin")[];
}

export interface Member extends Person {
  roles: TenantRole[];
  /** Whether the account lives in this tenant. */
  at_home: boolean;
}
