import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { sharedSessionsQuery } from "@/api/sharing";
import { AppTile } from "@/components/apps/app-tile";
import { ProblemNotice } from "@/components/problem-panel";
import { SessionStatus } from "@/components/sessions/session-status";
import { buttonLook } from "@/components/ui/button";
import { sessionPath } from "@/hooks/use-launch";

/** What others let me into; nothing is said where there is nothing. */
export function SharedSessions() {
  const shared = useQuery(sharedSessionsQuery);
  if (shared.isError && !shared.data) return <ProblemNotice cause={shared.error} className="mt-10" />;
  if (!shared.data || shared.data.length === 0) return null;
  return (
    <section aria-labelledby="shared" className="mt-10">
      <h2 id="shared" className="mb-3 text-[13px] font-semibold text-ink-2">
        Shared with you
      </h2>
      <ul className="divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface shadow-card">
        {shared.data.map((session) => (
          <li key={session.id} className="flex items-center gap-3.5 px-4 py-3">
            <AppTile name={session.app_name} icon={session.app_icon} size="small" />
            <div className="min-w-0 flex-1">
              <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
                <h3 className="truncate font-medium">{session.app_name}</h3>
                <SessionStatus session={session} />
              </div>
              <p className="text-[13px] text-ink-2">
                From {session.owner_username} · {session.share_permission === "read_write" ? "you may type and click" : "you may watch"}
              </p>
            </div>
            <Link to={sessionPath(session.id)} aria-label={`Join ${session.app_name} of ${session.owner_username}`} className={buttonLook("primary", "small")}>
              Join
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
