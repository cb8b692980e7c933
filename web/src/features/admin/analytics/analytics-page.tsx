import { useQuery } from "@tanstack/react-query";
import ChartColumn from "lucide-react/icons/chart-column";
import { useMemo } from "react";
import { analyticsQuery } from "@/api/administration";
import type { Analytics } from "@/api/wire";
import { AppTile } from "@/components/apps/app-tile";
import { ProblemPanel } from "@/components/problem-panel";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader, Panel } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { Skeleton } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { cn } from "@/lib/format";
import { daysUntil } from "@/lib/time";
import { DailyChart } from "./daily-chart";
import { dailySeries } from "./series";

const RANGES = [
  { value: "7", label: "7 days" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
] as const;

export function AnalyticsPage() {
  usePageTitle("Analytics");
  const [range, setRange] = useUrlState("days", "30");
  const [appId, setAppId] = useUrlState("app");
  const chosen = RANGES.find((known) => known.value === range)?.value ?? "30";
  const days = useMemo(() => daysUntil(new Date(), Number(chosen)), [chosen]);
  const analytics = useQuery(analyticsQuery(days[0] ?? "", days.at(-1) ?? ""));
  return (
    <>
      <PageHeader title="Analytics" actions={<Segmented label="Range" value={chosen} options={RANGES} onChange={setRange} />}>
        What people launch. Days are counted in UTC.
      </PageHeader>
      {analytics.isPending && <Skeleton className="h-72" />}
      {analytics.isError && !analytics.data && <ProblemPanel cause={analytics.error} onRetry={() => void analytics.refetch()} />}
      {analytics.data?.total_launches === 0 && (
        <EmptyState icon={<ChartColumn />} title="No launches in this time">
          As soon as somebody opens an app, it is counted here.
        </EmptyState>
      )}
      {analytics.data && analytics.data.total_launches > 0 && (
        <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,1fr)_22rem]">
          <Panel title={`${(appId === "" ? analytics.data.total_launches : countOf(analytics.data, appId)).toLocaleString()} launches`} description={nameOf(analytics.data, appId)}>
            <DailyChart days={dailySeries(analytics.data, days, appId)} />
          </Panel>
          <Panel title="By app" description="Choose one to see its days.">
            <Ranking analytics={analytics.data} appId={appId} onChoose={(id) => setAppId(id === appId ? "" : id)} />
          </Panel>
        </div>
      )}
    </>
  );
}

function countOf(analytics: Analytics, appId: string): number {
  return analytics.app_stats.find((row) => row.app_id === appId)?.launch_count ?? 0;
}

function nameOf(analytics: Analytics, appId: string): string {
  return analytics.app_stats.find((row) => row.app_id === appId)?.app_name ?? "All apps together";
}

function Ranking({ analytics, appId, onChoose }: { analytics: Analytics; appId: string; onChoose: (id: string) => void }) {
  const rows = [...analytics.app_stats].sort((a, b) => b.launch_count - a.launch_count);
  const most = Math.max(1, rows[0]?.launch_count ?? 1);
  return (
    <ol className="-mx-2 flex flex-col gap-0.5">
      {rows.map((row) => (
        <li key={row.app_id}>
          <button
            type="button"
            aria-pressed={row.app_id === appId}
            onClick={() => onChoose(row.app_id)}
            className={cn("flex w-full items-center gap-3 rounded-lg p-2 text-left hover:bg-hover", row.app_id === appId && "bg-hover")}
          >
            <AppTile name={row.app_name} icon="" size="small" />
            <span className="min-w-0 flex-1">
              <span className="flex justify-between gap-2 text-[13.5px]">
                <span className="truncate font-medium">{row.app_name}</span>
                <span className="tabular-nums text-ink-2">{row.launch_count.toLocaleString()}</span>
              </span>
              <span aria-hidden="true" className="mt-1 block h-1 overflow-hidden rounded-full bg-sunken">
                <span className="block h-full rounded-full bg-signal" style={{ width: `${(row.launch_count / most) * 100}%` }} />
              </span>
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
