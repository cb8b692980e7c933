import { useMutation, useQueryClient } from "@tanstack/react-query";
import Check from "lucide-react/icons/check";
import { Link, useNavigate } from "react-router";
import { sessionQuery, stopSession } from "@/api/sessions";
import type { Session } from "@/api/wire";
import { AppTile } from "@/components/apps/app-tile";
import { ProblemNotice } from "@/components/problem-panel";
import { Button, buttonLook } from "@/components/ui/button";
import { useNow } from "@/hooks/use-now";
import { cn } from "@/lib/format";
import { stopwatch } from "@/lib/time";
import { launchSteps, type LaunchStep } from "../launch-steps";

const LONG_SECONDS = 20;

/** The launch while it happens: where it is, for how long, why it waits, and the way out. */
export function LaunchStory({ session }: { session: Session }) {
  const now = useNow(250);
  const client = useQueryClient();
  const navigate = useNavigate();
  const cancel = useMutation({
    mutationFn: () => stopSession(session.id),
    onSuccess: (ended) => {
      client.setQueryData(sessionQuery(ended.id).queryKey, ended);
      void client.invalidateQueries({ queryKey: ["sessions", "live"] });
      void navigate("/");
    },
  });
  const elapsed = (now - Date.parse(session.created_at)) / 1000;
  const inPhase = (now - Date.parse(session.phase_since)) / 1000;
  return (
    <main data-testid="screen" data-state="connecting" className="grid min-h-dvh grid-cols-[minmax(0,1fr)] place-items-center px-5 py-10">
      <div className="w-full max-w-sm animate-rise">
        <div className="flex items-center gap-4">
          <AppTile name={session.app_name} icon={session.app_icon} size="large" />
          <div className="min-w-0">
            <h1 className="truncate text-xl font-semibold">{session.app_name}</h1>
            <p className="text-sm text-ink-2">
              Starting · <span className="tabular-nums">{stopwatch(elapsed)}</span>
            </p>
          </div>
        </div>
        <div aria-hidden="true" className="mt-6 h-[3px] overflow-hidden rounded-full bg-line">
          <div className="h-full w-1/3 animate-sweep rounded-full bg-signal" />
        </div>
        <ol aria-live="polite" className="mt-6 flex flex-col">
          {launchSteps(session).map((step, index, all) => (
            <Step key={step.phase} step={step} isLast={index === all.length - 1} elapsed={step.state === "now" ? inPhase : null} />
          ))}
        </ol>
        {session.phase_detail && <p className="mt-2 rounded-lg bg-sunken px-3.5 py-2.5 text-[13px] text-ink-2">{session.phase_detail}</p>}
        {elapsed > LONG_SECONDS && (
          <p className="mt-3 text-[13px] text-ink-2">
            This takes longer than usual. You may leave: it goes on without you, and waits under “Sessions”.
          </p>
        )}
        {cancel.error && <ProblemNotice cause={cancel.error} className="mt-4" />}
        <div className="mt-7 flex gap-2">
          <Button busy={cancel.isPending} onClick={() => cancel.mutate()}>
            Cancel the launch
          </Button>
          <Link to="/" className={buttonLook("quiet")}>
            Back to the catalog
          </Link>
        </div>
      </div>
    </main>
  );
}

function Step({ step, isLast, elapsed }: { step: LaunchStep; isLast: boolean; elapsed: number | null }) {
  return (
    <li aria-current={step.state === "now" ? "step" : undefined} className="relative flex min-h-10 gap-3.5 pb-3">
      {!isLast && <span aria-hidden="true" className={cn("absolute top-5 bottom-0 left-[9.5px] w-px", step.state === "done" ? "bg-live-dot" : "bg-line-strong")} />}
      <span
        aria-hidden="true"
        className={cn(
          "relative mt-px grid size-5 shrink-0 place-items-center rounded-full border-2",
          step.state === "done" && "border-live-dot bg-live-dot text-surface",
          step.state === "now" && "border-signal",
          step.state === "ahead" && "border-line-strong",
        )}
      >
        {step.state === "done" && <Check className="size-3" strokeWidth={3.5} />}
        {step.state === "now" && <span className="size-2 rounded-full bg-signal" />}
      </span>
      <span className={cn("text-sm", step.state === "now" ? "font-medium" : "text-ink-3")}>
        {step.label}
        {step.state === "done" && <span className="sr-only"> (done)</span>}
      </span>
      {elapsed !== null && <span className="ml-auto text-[13px] text-ink-3 tabular-nums">{stopwatch(elapsed)}</span>}
    </li>
  );
}
