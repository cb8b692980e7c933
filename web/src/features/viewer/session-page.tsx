import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useEffect } from "react";
import { useParams } from "react-router";
import { isLive, sessionQuery } from "@/api/sessions";
import { asProblem } from "@/api/problem";
import { usePageTitle } from "@/hooks/use-page-title";
import { PHASE_LABEL } from "@/lib/labels";
import { EndedPanel } from "./components/ended-panel";
import { LaunchStory } from "./components/launch-story";
import { UnknownSession } from "./components/unknown-session";
import { loadViewer } from "./use-screen";

const ScreenView = lazy(async () => ({ default: (await import("./components/screen-view")).ScreenView }));

const NOT_FOUND = 404;
/** The event stream tells of changes; this only covers a stream that is blocked on the way. */
const LAUNCH_POLL_MS = 2000;

/** One session: its launch, its screen, and how it ended. Leaving the page never ends it. */
export function SessionPage() {
  const { id = "" } = useParams();
  const { data: session, error, refetch } = useQuery({
    ...sessionQuery(id),
    refetchInterval: ({ state }) => (state.data?.status === "creating" ? LAUNCH_POLL_MS : false),
  });
  const check = useCallback(() => void refetch(), [refetch]);
  usePageTitle(session ? titleOf(session.app_name, session.status, PHASE_LABEL[session.phase]) : "Session");

  useEffect(() => {
    // Fetched while the app starts, so that the first frame waits for nothing.
    void loadViewer().catch(() => undefined);
    void import("./components/screen-view").catch(() => undefined);
  }, []);

  if (error && !session) {
    return <UnknownSession cause={error} isGone={asProblem(error).status === NOT_FOUND} onRetry={() => void refetch()} />;
  }
  if (!session) return <Backdrop state="connecting" />;
  if (session.status === "creating") return <LaunchStory session={session} />;
  if (!isLive(session.status)) return <EndedPanel session={session} />;
  return (
    <Suspense fallback={<Backdrop state="connecting" />}>
      <ScreenView key={session.id} session={session} onEnded={check} />
    </Suspense>
  );
}

function Backdrop({ state }: { state: string }) {
  return <main data-testid="screen" data-state={state} className="fixed inset-0 bg-canvas" aria-busy="true" />;
}

function titleOf(app: string, status: string, phase: string): string {
  if (status === "creating") return `${phase} · ${app}`;
  return status === "running" ? app : `Ended · ${app}`;
}
