import type { Tenant, TenantDraft, TenantQuotas } from "@/api/wire-access";

export const EMPTY_TENANT: TenantDraft = {
  name: "",
  slug: "",
  settings: { display_name: "", logo_url: "", primary_color: "", secondary_color: "" },
  quotas: {
    max_sessions_per_user: 0,
    max_total_sessions: 0,
    max_users: 0,
    max_apps: 0,
    default_cpu_request: "",
    default_cpu_limit: "",
    default_mem_request: "",
    default_mem_limit: "",
  },
};

type Keys<T> = { [K in keyof TenantQuotas]: TenantQuotas[K] extends T ? K : never }[keyof TenantQuotas];

/** Limits that count something; 0 is none. */
export const COUNTS = [
  { field: "max_sessions_per_user", label: "Sessions of one person" },
  { field: "max_total_sessions", label: "Sessions together" },
  { field: "max_users", label: "People" },
  { field: "max_apps", label: "Apps" },
] as const satisfies readonly { field: Keys<number>; label: string }[];

/** What an app gets that says nothing itself. */
export const AMOUNTS = [
  { field: "default_cpu_request", label: "CPU reserved" },
  { field: "default_cpu_limit", label: "CPU at most" },
  { field: "default_mem_request", label: "Memory reserved" },
  { field: "default_mem_limit", label: "Memory at most" },
] as const satisfies readonly { field: Keys<string>; label: string }[];

/** What may be written of a tenant that was read. */
export function draftOf({ name, slug, settings, quotas }: Tenant): TenantDraft {
  return { name, slug, settings, quotas };
}

/** A number as a person types it: nothing is none. */
export function countOf(text: string): number {
  return Math.min(1_000_000, Number(text.replaceAll(/\D/g, "")) || 0);
}
