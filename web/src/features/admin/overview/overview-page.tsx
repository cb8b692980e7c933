import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import ArrowRight from "lucide-react/icons/arrow-right";
import CircleCheck from "lucide-react/icons/circle-check";
import { Link } from "react-router";
import { quotasQuery } from "@/api/administration";
import { configQuery } from "@/api/config";
import { allSessionsQuery } from "@/api/sessions";
import type { Quotas, RuntimeStatus, Session } from "@/api/wire";
import { ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Notice } from "@/components/ui/notice";
import { PageHeader, Panel } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton, SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { cpuText, memoryText } from "@/lib/quantity";

const SHOWN = 6;

/** How the installation is: what runs, how much room is left, what failed lately. */
export function OverviewPage() {
  usePageTitle("Administration");
  const quotas = useQuery(quotasQuery);
  const { data: config } = useQuery(configQuery);
  return (
    <>
      <PageHeader title="Overview" />
      <div className="grid gap-5 lg:grid-cols-2">
        <Panel title="Capacity">
          {quotas.isPending && <Skeleton className="h-24" />}
          {quotas.isError && <ProblemPanel cause={quotas.error} onRetry={() => void quotas.refetch()} />}
          {quotas.data && <Capacity quotas={quotas.data} />}
        </Panel>
        <Panel title="Runtime" description="What starts desktop apps on this server.">
          {config?.runtime ? <Runtime runtime={config.runtime} version={config.version} /> : <Skeleton className="h-24" />}
        </Panel>
        <SessionList title="Live now" status="running,creating" nothing="Nobody runs anything at the moment." />
        <SessionList title="Failed lately" status="failed" nothing="No launch has failed." />
      </div>
    </>
  );
}

function Capacity({ quotas }: { quotas: Quotas }) {
  const { global_sessions: used, max_global_sessions: most } = quotas;
  const share = most > 0 ? Math.min(1, used / most) : 0;
  return (
    <>
      <p className="text-3xl font-semibold tracking-tight">
        {used}
        <span className="text-base font-medium text-ink-3"> {most > 0 ? `of ${most} sessions` : "sessions, no limit"}</span>
      </p>
      {most > 0 && (
        <div role="meter" aria-label="Sessions in use" aria-valuemin={0} aria-valuemax={most} aria-valuenow={used} className="mt-3 h-2 overflow-hidden rounded-full bg-sunken">
          <div className={`h-full rounded-full ${share > 0.9 ? "bg-danger-strong" : "bg-live-dot"}`} style={{ width: `${share * 100}%` }} />
        </div>
      )}
      <p className="mt-3 text-[13px] text-ink-2">
        {quotas.max_sessions_per_user > 0 ? `At most ${quotas.max_sessions_per_user} for each person.` : "No limit for each person."} By default an app may use{" "}
        {cpuText(quotas.default_cpu_limit)} and {memoryText(quotas.default_mem_limit)}.
      </p>
    </>
  );
}

function Runtime({ runtime, version }: { runtime: RuntimeStatus; version: string }) {
  const open = runtime.limits.filter((limit) => !limit.enforced).map((limit) => limit.name);
  return (
    <div className="flex flex-col gap-3 text-[13.5px]">
      {runtime.ready ? (
        <p className="flex items-center gap-2 font-medium">
          <CircleCheck className="size-4 text-live" aria-hidden="true" /> Ready
        </p>
      ) : (
        runtime.problems.map((problem) => (
          <Notice key={problem.code} tone="warn">
            {problem.message}
          </Notice>
        ))
      )}
      {open.length > 0 && <Notice tone="info">Not limited on this machine: {open.join(", ")}.</Notice>}
      <p className="text-ink-3">
        {runtime.kind} runtime · Sortie {version}
      </p>
    </div>
  );
}

function SessionList({ title, status, nothing }: { title: string; status: string; nothing: string }) {
  const sessions = useInfiniteQuery(allSessionsQuery(status));
  const list = sessions.data?.pages[0]?.items.slice(0, SHOWN);
  return (
    <Panel
      title={title}
      footer={
        <Link to={`/admin/sessions?status=${encodeURIComponent(status)}`} className="inline-flex items-center gap-1 rounded text-[13px] font-medium text-ink-2 hover:text-ink">
          All of them <ArrowRight className="size-3.5" aria-hidden="true" />
        </Link>
      }
    >
      {sessions.isPending && <SkeletonRows rows={3} className="h-10" />}
      {sessions.isError && !list && <ProblemPanel cause={sessions.error} onRetry={() => void sessions.refetch()} />}
      {list?.length === 0 && <p className="text-[13.5px] text-ink-2">{nothing}</p>}
      <ul className="-my-1 divide-y divide-line">
        {list?.map((session) => <Row key={session.id} session={session} />)}
      </ul>
    </Panel>
  );
}

function Row({ session }: { session: Session }) {
  return (
    <li className="py-2 text-[13.5px]">
      <p className="flex items-center gap-2">
        <span className="font-medium">{session.app_name}</span>
        <span className="truncate text-ink-2">{session.username}</span>
        {session.status === "creating" && <Badge tone="signal">Starting</Badge>}
        <RelativeTime at={session.ended_at ?? session.created_at} className="ml-auto shrink-0 text-[12.5px] text-ink-3" />
      </p>
      {session.reason && <p className="text-[13px] text-ink-2">{session.reason.message}</p>}
    </li>
  );
}
