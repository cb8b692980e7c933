import RotateCw from "lucide-react/icons/rotate-cw";
import { Link } from "react-router";
import type { Session } from "@/api/wire";
import { AppTile } from "@/components/apps/app-tile";
import { SessionStatus } from "@/components/sessions/session-status";
import { Button } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/relative-time";
import { sessionPath } from "@/hooks/use-launch";

export function EndedRow({ session, isBusy, onRestart }: { session: Session; isBusy: boolean; onRestart: () => void }) {
  return (
    <li className="flex items-center gap-3.5 px-4 py-3 hover:bg-hover/60">
      <AppTile name={session.app_name} icon={session.app_icon} size="small" />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <Link to={sessionPath(session.id)} className="truncate rounded font-medium hover:underline">
            {session.app_name}
          </Link>
          <SessionStatus session={session} />
        </div>
        <p className="text-[13px] text-ink-2">
          {session.reason?.message ?? "Ended."} <RelativeTime at={session.ended_at ?? session.updated_at} className="whitespace-nowrap text-ink-3" />
        </p>
      </div>
      <Button size="small" busy={isBusy} onClick={onRestart} aria-label={`Start ${session.app_name} again`}>
        <RotateCw /> <span className="max-sm:sr-only">Start again</span>
      </Button>
    </li>
  );
}
