import type { App, Role, User } from "@/api/wire";
import type { Membership } from "@/api/wire-access";

/** What pages ask about a person's roles. */
export interface Rights {
  isAdmin: boolean;
  /** Administers the tenant that one works in, or everything. */
  isManager: boolean;
  mayAudit: boolean;
  mayAuthor: boolean;
  /** Decides who uses the apps of at least one category. */
  mayDecide: boolean;
  /** Edits apps, everywhere or in the categories that one manages. */
  mayEditSome: boolean;
  /** Whether one may say what runs in this app, and see it. */
  mayConfigure: (app: Pick<App, "tenant_id">) => boolean;
  /** Whether one may edit this app: what counts is the tenant that it is of, whichever one works in. */
  mayEdit: (app: Pick<App, "category_id" | "tenant_id">) => boolean;
}

/** The roles that count: an administrator's everywhere, others' in the tenant that they hold them in. */
function rolesIn(me: User, tenant: string | null, memberships: readonly Membership[]): readonly Role[] {
  if (tenant === null || tenant === me.tenant_id) return me.roles;
  const there = memberships.find((membership) => membership.id === tenant)?.roles ?? [];
  return me.roles.includes("admin") ? ["admin", ...there] : there;
}

const AUTHORS: readonly Role[] = ["admin", "tenant-admin", "app-author"];

/** A person's rights in the tenant that they have chosen; null is their own. */
export function rightsOf(me: User | null | undefined, tenant: string | null = null, memberships: readonly Membership[] = []): Rights {
  const roles = me ? rolesIn(me, tenant, memberships) : [];
  const managed = me?.admin_categories ?? [];
  const has = (...wanted: Role[]) => roles.some((role) => wanted.includes(role));
  const isManager = has("admin", "tenant-admin");
  const mayAuthor = isManager || has("app-author");
  const mayAuthorIn = (home: string) => me != null && rolesIn(me, home, memberships).some((role) => AUTHORS.includes(role));
  return {
    isAdmin: has("admin"),
    isManager,
    mayAudit: isManager || has("auditor"),
    mayAuthor,
    mayDecide: isManager || managed.length > 0,
    mayEditSome: mayAuthor || managed.length > 0,
    mayConfigure: ({ tenant_id }) => mayAuthorIn(tenant_id),
    mayEdit: ({ category_id, tenant_id }) => mayAuthorIn(tenant_id) || (category_id !== null && managed.includes(category_id)),
  };
}
