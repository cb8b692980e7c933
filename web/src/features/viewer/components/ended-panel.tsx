import CircleSlash from "lucide-react/icons/circle-slash";
import Clock3 from "lucide-react/icons/clock-3";
import MonitorOff from "lucide-react/icons/monitor-off";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import { Link } from "react-router";
import type { Session } from "@/api/wire";
import { ProblemNotice } from "@/components/problem-panel";
import { Button, buttonLook } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { RelativeTime } from "@/components/ui/relative-time";
import { useLaunch } from "@/hooks/use-launch";
import { cn } from "@/lib/format";

const LOOKS = {
  failed: { icon: TriangleAlert, tone: "bg-danger-soft text-danger" },
  expired: { icon: Clock3, tone: "bg-warn-soft text-warn" },
  stopped: { icon: MonitorOff, tone: "bg-sunken text-ink-2" },
  cancelled: { icon: CircleSlash, tone: "bg-sunken text-ink-2" },
} as const;

function kindOf(session: Session): keyof typeof LOOKS {
  if (session.reason?.code === "cancelled") return "cancelled";
  // Closed from the inside, and silently: most often by the person, with the app's own button.
  if (session.reason?.code === "app_exited" && !session.output?.length) return "stopped";
  return session.status === "failed" || session.status === "expired" ? session.status : "stopped";
}

function headline(session: Session, kind: keyof typeof LOOKS): string {
  if (kind === "failed") return session.started_at ? `${session.app_name} stopped working` : `${session.app_name} could not be started`;
  if (kind === "expired") return `${session.app_name} was ended after a pause`;
  if (kind === "cancelled") return "The launch was cancelled";
  return `${session.app_name} has ended`;
}

/** How a session ended: the cause in plain words, what the app said last, and the way on. */
export function EndedPanel({ session }: { session: Session }) {
  const { restart } = useLaunch();
  const kind = kindOf(session);
  const { icon: Icon, tone } = LOOKS[kind];
  return (
    <main data-testid="screen" data-state="ended" className="grid min-h-dvh grid-cols-[minmax(0,1fr)] place-items-center px-5 py-10">
      <div className="w-full max-w-lg animate-rise">
        <span className={cn("grid size-12 place-items-center rounded-2xl", tone)}>
          <Icon className="size-6" aria-hidden="true" />
        </span>
        <h1 className="mt-4 text-xl font-semibold">{headline(session, kind)}</h1>
        <p className="mt-1.5 text-[15px] text-pretty text-ink-2">{session.reason?.message ?? "The session is over."}</p>
        {session.reason?.remedy && <p className="mt-1.5 text-[15px] text-pretty text-ink-2">{session.reason.remedy}</p>}
        {session.output && session.output.length > 0 && (
          <figure className="mt-5">
            <figcaption className="mb-1.5 text-[13px] font-medium text-ink-2">What the app wrote last</figcaption>
            {/* A scrolling region must be reachable by keyboard. */}
            <pre
              // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
              tabIndex={0}
              className="max-h-64 overflow-auto rounded-xl border border-line bg-sunken p-4 font-mono text-[12.5px] leading-relaxed text-ink-2"
            >
              {session.output.join("\n")}
            </pre>
          </figure>
        )}
        {restart.error && <ProblemNotice cause={restart.error} className="mt-5" />}
        <div className="mt-6 flex flex-wrap gap-2">
          <Button tone="primary" busy={restart.isPending} onClick={() => restart.mutate(session.id)}>
            Start again
          </Button>
          <Link to="/" className={buttonLook()}>
            Go to the catalog
          </Link>
        </div>
        <p className="mt-6 flex flex-wrap items-center gap-x-2 gap-y-1 text-[12.5px] text-ink-3">
          {session.ended_at && (
            <span>
              Ended <RelativeTime at={session.ended_at} />
            </span>
          )}
          <Copyable text={session.id} label="session id" />
        </p>
      </div>
    </main>
  );
}
