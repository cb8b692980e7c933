import { useQuery } from "@tanstack/react-query";
import LayoutGrid from "lucide-react/icons/layout-grid";
import Plus from "lucide-react/icons/plus";
import { Link } from "react-router";
import { appsQuery } from "@/api/apps";
import type { App } from "@/api/wire";
import { kindLabel } from "@/components/apps/app-facts";
import { AppTile } from "@/components/apps/app-tile";
import { ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { buttonLook } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SearchField } from "@/components/ui/search-field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DataTable, type Column } from "@/components/ui/table";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { VISIBILITY_LABEL } from "@/lib/labels";
import { score } from "@/lib/search";

const COLUMNS: readonly Column<App>[] = [
  {
    id: "name",
    label: "Name",
    fixed: true,
    sortBy: (app) => app.name,
    cell: (app) => (
      <Link to={`/admin/apps/${encodeURIComponent(app.id)}`} className="flex min-w-44 items-center gap-3 rounded font-medium hover:underline">
        <AppTile name={app.name} icon={app.icon} size="small" />
        {app.name}
      </Link>
    ),
  },
  { id: "kind", label: "Kind", sortBy: kindLabel, cell: kindLabel, className: "whitespace-nowrap text-ink-2" },
  { id: "category", label: "Category", sortBy: (app) => app.category, cell: (app) => app.category || "–", className: "text-ink-2" },
  {
    id: "visibility",
    label: "Visible to",
    sortBy: (app) => app.visibility,
    cell: (app) => <Badge tone={app.visibility === "public" ? "neutral" : "signal"}>{VISIBILITY_LABEL[app.visibility]}</Badge>,
  },
  {
    id: "state",
    label: "State",
    sortBy: (app) => (app.unavailable ? 1 : 0),
    cell: (app) =>
      app.unavailable ? (
        <span className="block sm:min-w-48 text-[13px] text-warn">{app.unavailable.message}</span>
      ) : (
        <span className="text-ink-2">Ready</span>
      ),
  },
  { id: "updated", label: "Changed", sortBy: (app) => app.updated_at, cell: (app) => <RelativeTime at={app.updated_at} className="whitespace-nowrap text-ink-2" /> },
  { id: "id", label: "Id", optional: true, sortBy: (app) => app.id, cell: (app) => <Copyable text={app.id} label="app id" /> },
];

export function AppsPage() {
  usePageTitle("Manage apps");
  const apps = useQuery(appsQuery);
  const [search, setSearch] = useUrlState("q");
  const { mayEdit } = useMe();
  const rows = (apps.data ?? []).filter((app) => mayEdit(app) && score(search, [app.name, app.id, app.category, app.description]) > 0);
  return (
    <>
      <PageHeader
        title="Apps"
        actions={
          <Link to="/admin/apps/new" className={buttonLook("primary")}>
            <Plus /> Add an app
          </Link>
        }
      >
        What people find in the catalog.
      </PageHeader>
      {apps.isPending && <SkeletonRows />}
      {apps.isError && !apps.data && <ProblemPanel cause={apps.error} onRetry={() => void apps.refetch()} />}
      {apps.data && (
        <DataTable
          label="Apps"
          rows={rows}
          columns={COLUMNS}
          keyOf={(app) => app.id}
          toolbar={<SearchField label="Search apps" className="w-full sm:w-72" value={search} onChange={(event) => setSearch(event.target.value)} />}
          empty={<EmptyState icon={<LayoutGrid />} title={search ? "No app matches" : "No apps yet"} />}
        />
      )}
    </>
  );
}
