import { Link } from "react-router";
import type { Session } from "@/api/wire";
import { AppTile } from "@/components/apps/app-tile";
import { SessionStatus } from "@/components/sessions/session-status";
import { Button, buttonLook } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/relative-time";
import { sessionPath } from "@/hooks/use-launch";
import { useNow } from "@/hooks/use-now";
import { duration } from "@/lib/time";

const SOON_SECONDS = 15 * 60;

export function RunningCard({ session, onStop }: { session: Session; onStop: () => void }) {
  return (
    <article className="flex flex-wrap items-center gap-x-4 gap-y-3 rounded-xl border border-live-dot/40 bg-surface p-4 shadow-card">
      <AppTile name={session.app_name} icon={session.app_icon} />
      <div className="min-w-0 flex-1 basis-48">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <h2 className="truncate text-[15px] font-semibold">{session.app_name}</h2>
          <SessionStatus session={session} />
        </div>
        <p className="mt-0.5 text-[13px] text-ink-2">
          Started <RelativeTime at={session.created_at} />
          <Expiry session={session} />
        </p>
      </div>
      <div className="flex gap-2 max-sm:w-full">
        <Button tone="quiet" aria-label={`Stop ${session.app_name}`} onClick={onStop}>
          {session.status === "creating" ? "Cancel" : "Stop"}
        </Button>
        <Link to={sessionPath(session.id)} aria-label={`Resume ${session.app_name}`} className={`${buttonLook("primary")} max-sm:flex-1`}>
          Resume
        </Link>
      </div>
    </article>
  );
}

/** When the session would end by itself: said only when that is near. */
function Expiry({ session }: { session: Session }) {
  const now = useNow(20_000);
  if (!session.expires_at) return null;
  const left = (Date.parse(session.expires_at) - now) / 1000;
  if (left > SOON_SECONDS) {
    return <span className="text-ink-3"> · ends after {duration(session.idle_timeout)} without input</span>;
  }
  return <span className="font-medium text-warn"> · ends in {duration(Math.max(0, left))} unless you use it</span>;
}
