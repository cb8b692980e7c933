import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { appsQuery } from "@/api/apps";
import type { Category } from "@/api/wire-access";
import { AppTile } from "@/components/apps/app-tile";
import { Badge } from "@/components/ui/badge";
import { Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { VISIBILITY_LABEL } from "@/lib/labels";

/** What is in the category, and for whom. */
export function AppsPanel({ category }: { category: Category }) {
  const apps = useQuery(appsQuery);
  const here = apps.data?.filter((app) => app.category_id === category.id);
  return (
    <Panel title="Apps" description="For whom an app is, and whether others see its card, is set in the app.">
      {apps.isPending && <SkeletonRows rows={2} className="h-10" />}
      {here?.length === 0 && <p className="text-[13.5px] text-ink-2">No app is in it.</p>}
      {here && here.length > 0 && (
        <ul className="divide-y divide-line">
          {here.map((app) => (
            <li key={app.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2.5">
              <AppTile name={app.name} icon={app.icon} size="small" />
              <Link to={`/admin/apps/${encodeURIComponent(app.id)}`} className="min-w-0 flex-1 basis-40 truncate rounded text-[13.5px] font-medium hover:underline">
                {app.name}
              </Link>
              {app.discoverable && app.visibility !== "public" && <Badge>Others may ask</Badge>}
              <Badge tone={app.visibility === "public" ? "neutral" : "signal"}>{VISIBILITY_LABEL[app.visibility]}</Badge>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
