import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import MonitorPlay from "lucide-react/icons/monitor-play";
import { useState } from "react";
import { Link } from "react-router";
import { endedSessionsQuery, liveSessionsQuery } from "@/api/sessions";
import type { Session } from "@/api/wire";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { StopSession } from "@/components/sessions/stop-session";
import { Button, buttonLook } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageBody, PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useLaunch } from "@/hooks/use-launch";
import { usePageTitle } from "@/hooks/use-page-title";
import { EndedRow } from "./ended-row";
import { RunningCard } from "./running-card";
import { SharedSessions } from "./shared-sessions";

/** What runs for me, and what ran: resume it, stop it, start it again. */
export function SessionsPage() {
  usePageTitle("My sessions");
  const live = useQuery(liveSessionsQuery);
  const [stopping, setStopping] = useState<Session | null>(null);
  return (
    <PageBody narrow>
      <PageHeader title="My sessions">Sessions run on the server. Close the browser and come back to them from any device.</PageHeader>
      {live.isPending && <SkeletonRows rows={2} className="h-[84px]" />}
      {live.isError && !live.data && <ProblemPanel cause={live.error} onRetry={() => void live.refetch()} />}
      {live.data?.length === 0 && (
        <div className="rounded-xl border border-dashed border-line-strong">
          <EmptyState
            icon={<MonitorPlay />}
            title="Nothing is running"
            action={
              <Link to="/" className={buttonLook("primary")}>
                Choose an app
              </Link>
            }
          >
            Launch an app from the catalog and it appears here.
          </EmptyState>
        </div>
      )}
      <div className="flex flex-col gap-3">
        {live.data?.map((session) => <RunningCard key={session.id} session={session} onStop={() => setStopping(session)} />)}
      </div>
      <SharedSessions />
      <EndedSessions />
      <StopSession session={stopping} onClose={() => setStopping(null)} />
    </PageBody>
  );
}

function EndedSessions() {
  const ended = useInfiniteQuery(endedSessionsQuery);
  const { restart } = useLaunch();
  const sessions = ended.data?.pages.flatMap((page) => page.items) ?? [];
  if (ended.isPending) {
    return (
      <div className="mt-10">
        <SkeletonRows rows={4} />
      </div>
    );
  }
  if (ended.isError && sessions.length === 0) return <ProblemPanel cause={ended.error} onRetry={() => void ended.refetch()} />;
  if (sessions.length === 0) return null;
  return (
    <section aria-labelledby="ended" className="mt-10">
      <h2 id="ended" className="mb-3 text-[13px] font-semibold text-ink-2">
        Ended
      </h2>
      {restart.error && <ProblemNotice cause={restart.error} className="mb-3" />}
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-card">
        {sessions.map((session) => (
          <EndedRow
            key={session.id}
            session={session}
            isBusy={restart.isPending && restart.variables === session.id}
            onRestart={() => restart.mutate(session.id)}
          />
        ))}
      </ul>
      {ended.hasNextPage && (
        <Button className="mt-3" busy={ended.isFetchingNextPage} onClick={() => void ended.fetchNextPage()}>
          Show older ones
        </Button>
      )}
    </section>
  );
}
