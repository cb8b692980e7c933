import ArrowUpRight from "lucide-react/icons/arrow-up-right";
import Info from "lucide-react/icons/info";
import KeyRound from "lucide-react/icons/key-round";
import Lock from "lucide-react/icons/lock";
import Play from "lucide-react/icons/play";
import Star from "lucide-react/icons/star";
import { useId, type ReactNode } from "react";
import { Link } from "react-router";
import type { App, Session } from "@/api/wire";
import { LiveDot } from "@/components/ui/badge";
import { cn } from "@/lib/format";
import { VISIBILITY_LABEL } from "@/lib/labels";
import { actionVerb, askLabel, isStreamed, kindLabel } from "./app-facts";
import { AppTile } from "./app-tile";

interface AppCardProps {
  app: App;
  /** The live session of this app, if it has one. */
  session?: Session | undefined;
  isFavorite?: boolean;
  isBusy?: boolean;
  onOpen: () => void;
  /** Where one may ask for access: asks, or shows what became of it. */
  onAsk?: () => void;
  onToggleFavorite?: () => void;
}

/** One app at a glance: what it is, whether it runs, whether it may be launched, and if not why. */
export function AppCard({ app, session, isFavorite = false, isBusy = false, onOpen, onAsk, onToggleFavorite }: AppCardProps) {
  const aboutId = useId();
  const isRunning = session !== undefined;
  const ask = isRunning || !onAsk ? null : askLabel(app);
  const refused = !isRunning && !ask && (app.unavailable !== null || !app.can_launch);
  const reason = app.unavailable?.message ?? "You may not launch this app. Ask an administrator for access.";
  return (
    <article
      className={cn(
        "group relative flex min-h-[124px] flex-col rounded-xl border bg-surface p-4 shadow-card transition-[box-shadow,border-color,transform] duration-200",
        isRunning ? "border-live-dot/45" : "border-line",
        refused ? "bg-surface/60" : "hover:border-line-strong hover:shadow-lift",
      )}
    >
      <button
        type="button"
        aria-label={ask ? `${ask}: ${app.name}` : `${actionVerb(app, isRunning)} ${app.name}`}
        aria-disabled={refused || undefined}
        aria-busy={isBusy || undefined}
        aria-describedby={aboutId}
        onClick={() => refused || isBusy || (ask ? onAsk?.() : onOpen())}
        className={cn("absolute inset-0 rounded-xl", refused && "cursor-not-allowed", isBusy && "cursor-progress")}
      />
      <div className="pointer-events-none flex items-start gap-3">
        <div className={cn((refused || ask) && "grayscale")}>
          <AppTile name={app.name} icon={app.icon} />
        </div>
        <div className="min-w-0 flex-1 pr-7">
          <h3 className="truncate text-[14.5px] leading-snug font-semibold">{app.name}</h3>
          <p id={aboutId} className={cn("mt-0.5 text-[13px] leading-snug text-pretty break-words", refused ? "text-warn" : "line-clamp-2 text-ink-2")}>
            {refused ? reason : app.description || "No description yet."}
          </p>
        </div>
      </div>
      {onToggleFavorite && (
        <button
          type="button"
          aria-pressed={isFavorite}
          aria-label={`Favorite ${app.name}`}
          onClick={onToggleFavorite}
          className={cn(
            "absolute top-2 right-2 grid size-8 place-items-center rounded-lg transition-opacity hover:bg-hover touch:size-11",
            isFavorite ? "text-signal" : "text-ink-3 opacity-0 group-hover:opacity-100 focus-visible:opacity-100 touch:opacity-100",
          )}
        >
          <Star className="size-4" fill={isFavorite ? "currentColor" : "none"} />
        </button>
      )}
      <div className="pointer-events-none mt-auto flex items-center gap-2 pt-3 text-[12.5px] text-ink-3">
        {!ask && <span className="truncate">{kindLabel(app)}</span>}
        {app.visibility !== "public" && (
          <span className="pointer-events-auto shrink-0" title={`For: ${VISIBILITY_LABEL[app.visibility]}`}>
            <Lock className="size-3.5" aria-hidden="true" />
            <span className="sr-only">For {VISIBILITY_LABEL[app.visibility]}</span>
          </span>
        )}
        <Link
          to={`/apps/${encodeURIComponent(app.id)}`}
          aria-label={`About ${app.name}`}
          className="pointer-events-auto relative rounded p-0.5 opacity-0 transition-opacity group-hover:opacity-100 hover:text-ink focus-visible:opacity-100 touch:opacity-100"
        >
          <Info className="size-4" />
        </Link>
        <span className="ml-auto shrink-0">
          <CardAction busy={isBusy} isRunning={isRunning} refused={refused} ask={ask} streamed={isStreamed(app)} />
        </span>
      </div>
    </article>
  );
}

interface CardActionProps {
  busy: boolean;
  isRunning: boolean;
  refused: boolean;
  ask: string | null;
  streamed: boolean;
}

function CardAction({ busy, isRunning, refused, ask, streamed }: CardActionProps): ReactNode {
  if (busy) return <span className="font-medium text-ink-2">Starting…</span>;
  if (isRunning) {
    return (
      <span className="inline-flex items-center gap-2 font-medium text-live">
        <LiveDot /> Resume
      </span>
    );
  }
  if (ask) {
    return (
      <span className="inline-flex items-center gap-1.5 font-medium text-signal">
        <KeyRound className="size-3.5" aria-hidden="true" /> {ask}
      </span>
    );
  }
  if (refused) return null;
  const Icon = streamed ? Play : ArrowUpRight;
  return (
    <span className="inline-flex items-center gap-1 font-medium text-ink-2 opacity-0 transition-opacity group-focus-within:opacity-100 group-hover:opacity-100 touch:opacity-100">
      {streamed ? "Launch" : "Open"} <Icon className="size-3.5" aria-hidden="true" />
    </span>
  );
}
