/** The shapes of who may do what: categories, people, requests, explanations, tenants. */
import type { components } from "./schema.gen";

type Shapes = components["schemas"];

export type Category = Shapes["CategoryOut"];
/** Somebody of the same tenant. */
export type Person = Shapes["PersonOut"];
export type AccessRequestStatus = Shapes["RequestStatusName"];
export type AccessRequest = Shapes["AccessRequestOut"];
export type Explanation = Shapes["ExplanationOut"];

export type TenantLooks = Shapes["BrandingBody"];
/** 0, or nothing, where the tenant has no limit of its own. */
export type TenantQuotas = Shapes["QuotasBody"];
export type Tenant = Shapes["TenantOut"];
/** What an administrator writes about a tenant. */
export type TenantDraft = Pick<Tenant, "name" | "slug" | "settings" | "quotas">;
/** The administrator's role is the whole installation's: no tenant gives it. */
export type TenantRole = Shapes["MemberRoleName"];
/** A tenant of one's own. */
export type Membership = Shapes["OwnTenant"];
export type Member = Shapes["MemberOut"];
