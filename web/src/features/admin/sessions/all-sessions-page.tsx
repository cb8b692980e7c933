import { useInfiniteQuery } from "@tanstack/react-query";
import Monitor from "lucide-react/icons/monitor";
import { useState } from "react";
import { Link } from "react-router";
import { allSessionsQuery, isLive } from "@/api/sessions";
import type { Session } from "@/api/wire";
import { AppTile } from "@/components/apps/app-tile";
import { ProblemPanel } from "@/components/problem-panel";
import { SessionStatus } from "@/components/sessions/session-status";
import { StopSession } from "@/components/sessions/stop-session";
import { Button } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SearchField } from "@/components/ui/search-field";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DataTable, type Column } from "@/components/ui/table";
import { sessionPath } from "@/hooks/use-launch";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { score } from "@/lib/search";
import { ObserveDialog } from "./observe-dialog";

const FILTERS = [
  { value: "running,creating", label: "Live" },
  { value: "failed", label: "Failed" },
  { value: "stopped,expired", label: "Ended" },
  { value: "", label: "All" },
] as const;
const LIVE = "running,creating";

function columns(myId: string | undefined, onStop: (session: Session) => void, onObserve: (session: Session) => void): Column<Session>[] {
  return [
    {
      id: "app",
      label: "App",
      fixed: true,
      sortBy: (session) => session.app_name,
      cell: (session) => {
        const face = (
          <>
            <AppTile name={session.app_name} icon={session.app_icon} size="small" /> {session.app_name}
          </>
        );
        const look = "flex min-w-40 items-center gap-3 font-medium";
        // Somebody else's screen is theirs, also for administrators.
        if (session.user_id !== myId) return <span className={look}>{face}</span>;
        return (
          <Link to={sessionPath(session.id)} className={`${look} rounded hover:underline`}>
            {face}
          </Link>
        );
      },
    },
    { id: "user", label: "Person", sortBy: (session) => session.username, cell: (session) => session.username, className: "text-ink-2" },
    { id: "status", label: "State", sortBy: (session) => session.status, cell: (session) => <SessionStatus session={session} /> },
    {
      id: "reason",
      label: "Cause",
      cell: (session) => <span className="block sm:min-w-40 text-[13px] text-ink-2">{session.reason?.message ?? (session.phase_detail || "–")}</span>,
    },
    {
      id: "started",
      label: "Started",
      sortBy: (session) => session.created_at,
      cell: (session) => <RelativeTime at={session.created_at} className="whitespace-nowrap text-ink-2" />,
    },
    {
      id: "ended",
      label: "Ended",
      optional: true,
      sortBy: (session) => session.ended_at ?? "",
      cell: (session) => (session.ended_at ? <RelativeTime at={session.ended_at} className="whitespace-nowrap text-ink-2" /> : "–"),
    },
    { id: "id", label: "Id", optional: true, cell: (session) => <Copyable text={session.id} label="session id" className="max-w-40" /> },
    {
      id: "actions",
      label: "",
      fixed: true,
      className: "text-right",
      cell: (session) =>
        isLive(session.status) && (
          <span className="flex justify-end gap-1.5">
            {session.user_id !== myId && session.status === "running" && (
              <Button size="small" tone="quiet" aria-label={`Observe ${session.app_name} of ${session.username}`} onClick={() => onObserve(session)}>
                Observe…
              </Button>
            )}
            <Button size="small" aria-label={`Stop ${session.app_name} of ${session.username}`} onClick={() => onStop(session)}>
              Stop
            </Button>
          </span>
        ),
    },
  ];
}

export function AllSessionsPage() {
  usePageTitle("Everybody's sessions");
  const { me } = useMe();
  const [status, setStatus] = useUrlState("status", LIVE);
  const [search, setSearch] = useUrlState("q");
  const [observed, setObserved] = useState<Session | null>(null);
  const [stopping, setStopping] = useState<Session | null>(null);
  const sessions = useInfiniteQuery(allSessionsQuery(status));
  const all = sessions.data?.pages.flatMap((page) => page.items);
  const rows = (all ?? []).filter((session) => score(search, [session.app_name, session.username, session.id]) > 0);
  const shown = FILTERS.find((filter) => filter.value === status)?.value ?? LIVE;
  return (
    <>
      <PageHeader title="Sessions">Everybody&rsquo;s, live. Looking into a screen needs its owner&rsquo;s invitation, or a reason that the audit log keeps.</PageHeader>
      <div className="mb-4">
        <Segmented label="State" value={shown} options={FILTERS} onChange={setStatus} />
      </div>
      {sessions.isPending && <SkeletonRows />}
      {sessions.isError && !all && <ProblemPanel cause={sessions.error} onRetry={() => void sessions.refetch()} />}
      {all && (
        <DataTable
          label="Sessions"
          rows={rows}
          columns={columns(me?.id, setStopping, setObserved)}
          keyOf={(session) => session.id}
          toolbar={<SearchField label="Search by app or person" className="w-full sm:w-72" value={search} onChange={(event) => setSearch(event.target.value)} />}
          empty={
            <EmptyState icon={<Monitor />} title={search ? "No session matches" : "No sessions here"}>
              {status === LIVE && "When somebody launches an app it appears at once."}
            </EmptyState>
          }
        />
      )}
      {sessions.hasNextPage && (
        <Button className="mt-3" busy={sessions.isFetchingNextPage} onClick={() => void sessions.fetchNextPage()}>
          Show older ones
        </Button>
      )}
      {observed && <ObserveDialog session={observed} onClose={() => setObserved(null)} />}
      <StopSession session={stopping} onClose={() => setStopping(null)} />
    </>
  );
}
