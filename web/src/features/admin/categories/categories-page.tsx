import { useQuery } from "@tanstack/react-query";
import FolderClosed from "lucide-react/icons/folder-closed";
import Plus from "lucide-react/icons/plus";
import { Link } from "react-router";
import { categoriesQuery } from "@/api/access";
import { appsQuery } from "@/api/apps";
import type { Category } from "@/api/wire-access";
import { ProblemPanel } from "@/components/problem-panel";
import { buttonLook } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SearchField } from "@/components/ui/search-field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DataTable, type Column } from "@/components/ui/table";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { score } from "@/lib/search";

function columns(appsIn: (category: Category) => number): Column<Category>[] {
  return [
    {
      id: "name",
      label: "Name",
      fixed: true,
      sortBy: (category) => category.name,
      cell: (category) =>
        category.can_manage ? (
          <Link to={`/admin/categories/${encodeURIComponent(category.id)}`} className="block min-w-36 rounded font-medium hover:underline">
            {category.name}
          </Link>
        ) : (
          <span className="block min-w-36 text-ink-2">{category.name}</span>
        ),
    },
    { id: "description", label: "Description", cell: (category) => category.description || "–", className: "min-w-48 text-ink-2" },
    { id: "apps", label: "Apps", sortBy: appsIn, cell: (category) => <span className="tabular-nums">{appsIn(category)}</span> },
    { id: "updated", label: "Changed", sortBy: (category) => category.updated_at, cell: (category) => <RelativeTime at={category.updated_at} className="whitespace-nowrap text-ink-2" /> },
  ];
}

/** The parts of the catalog, each with people of its own. */
export function CategoriesPage() {
  usePageTitle("Categories");
  const { mayAuthor } = useMe();
  const categories = useQuery(categoriesQuery);
  const { data: apps = [] } = useQuery(appsQuery);
  const [search, setSearch] = useUrlState("q");
  const rows = (categories.data ?? []).filter((category) => score(search, [category.name, category.description]) > 0);
  return (
    <>
      <PageHeader
        title="Categories"
        actions={
          mayAuthor && (
            <Link to="/admin/categories/new" className={buttonLook("primary")}>
              <Plus /> New category
            </Link>
          )
        }
      >
        Each has people who manage it, and people who may use its apps for approved people.
      </PageHeader>
      {categories.isPending && <SkeletonRows />}
      {categories.isError && !categories.data && <ProblemPanel cause={categories.error} onRetry={() => void categories.refetch()} />}
      {categories.data && (
        <DataTable
          label="Categories"
          rows={rows}
          columns={columns((category) => apps.filter((app) => app.category_id === category.id).length)}
          keyOf={(category) => category.id}
          toolbar={<SearchField label="Search categories" className="w-full sm:w-72" value={search} onChange={(event) => setSearch(event.target.value)} />}
          empty={
            <EmptyState icon={<FolderClosed />} title={search ? "No category matches" : "No categories yet"}>
              {!search && "One is made by itself when an app names it."}
            </EmptyState>
          }
        />
      )}
    </>
  );
}
