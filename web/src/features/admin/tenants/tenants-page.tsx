import { useQuery } from "@tanstack/react-query";
import Building2 from "lucide-react/icons/building-2";
import Plus from "lucide-react/icons/plus";
import { Link } from "react-router";
import { tenantsQuery } from "@/api/tenants";
import type { Tenant } from "@/api/wire-access";
import { ProblemPanel } from "@/components/problem-panel";
import { buttonLook } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DataTable, type Column } from "@/components/ui/table";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";

const limit = (count: number) => (count === 0 ? <span className="text-ink-3">No limit</span> : <span className="tabular-nums">{count.toLocaleString()}</span>);

const COLUMNS: readonly Column<Tenant>[] = [
  {
    id: "name",
    label: "Name",
    fixed: true,
    sortBy: (tenant) => tenant.name,
    cell: (tenant) => (
      <Link to={`/admin/tenants/${encodeURIComponent(tenant.id)}`} className="block min-w-36 rounded hover:underline">
        <span className="block font-medium">{tenant.name}</span>
        <span className="block text-[12.5px] text-ink-3">{tenant.slug}</span>
      </Link>
    ),
  },
  { id: "users", label: "People at most", sortBy: (tenant) => tenant.quotas.max_users, cell: (tenant) => limit(tenant.quotas.max_users) },
  { id: "apps", label: "Apps at most", sortBy: (tenant) => tenant.quotas.max_apps, cell: (tenant) => limit(tenant.quotas.max_apps) },
  { id: "sessions", label: "Sessions at most", sortBy: (tenant) => tenant.quotas.max_total_sessions, cell: (tenant) => limit(tenant.quotas.max_total_sessions) },
  { id: "updated", label: "Changed", sortBy: (tenant) => tenant.updated_at, cell: (tenant) => <RelativeTime at={tenant.updated_at} className="whitespace-nowrap text-ink-2" /> },
  { id: "id", label: "Id", optional: true, cell: (tenant) => <Copyable text={tenant.id} label="tenant id" /> },
];

/** Installations within the installation: each with its own people, apps and limits. */
export function TenantsPage() {
  usePageTitle("Tenants");
  const { isAdmin } = useMe();
  const tenants = useQuery(tenantsQuery);
  return (
    <>
      <PageHeader
        title="Tenants"
        actions={
          isAdmin && (
            <Link to="/admin/tenants/new" className={buttonLook("primary")}>
              <Plus /> New tenant
            </Link>
          )
        }
      >
        Apps, people and sessions of one are invisible to the others.
      </PageHeader>
      {tenants.isPending && <SkeletonRows />}
      {tenants.isError && !tenants.data && <ProblemPanel cause={tenants.error} onRetry={() => void tenants.refetch()} />}
      {tenants.data && (
        <DataTable label="Tenants" rows={tenants.data} columns={COLUMNS} keyOf={(tenant) => tenant.id} empty={<EmptyState icon={<Building2 />} title="No tenants" />} />
      )}
    </>
  );
}
