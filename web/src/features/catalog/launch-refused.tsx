import { useNavigate } from "react-router";
import { asProblem } from "@/api/problem";
import type { App } from "@/api/wire";
import { Button } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { Dialog } from "@/components/ui/dialog";
import { duration } from "@/lib/time";

interface LaunchRefusedProps {
  app: App | undefined;
  cause: unknown;
  onClose: () => void;
  onRetry: (app: App) => void;
}

/** Why a launch was refused, and the way on: waiting, stopping something, or trying again. */
export function LaunchRefused({ app, cause, onClose, onRetry }: LaunchRefusedProps) {
  const navigate = useNavigate();
  if (!app || cause === null) return null;
  const problem = asProblem(cause);
  const isQuota = problem.is("quota_exceeded");
  const again = () => {
    onClose();
    onRetry(app);
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={isQuota ? "You have reached your limit of sessions" : `${app.name} could not be started`}
      description={
        <>
          <p>{problem.message}</p>
          {problem.retryAfter !== null && <p className="mt-1">Try again in about {duration(problem.retryAfter)}.</p>}
          {problem.requestId && (
            <div className="mt-3 flex items-center gap-1.5 text-[12px] text-ink-3">
              Request <Copyable text={problem.requestId} label="request id" />
            </div>
          )}
        </>
      }
      footer={
        <>
          <Button onClick={onClose}>Close</Button>
          {isQuota ? (
            <Button
              tone="primary"
              onClick={() => {
                onClose();
                void navigate("/sessions");
              }}
            >
              See my sessions
            </Button>
          ) : (
            <Button tone="primary" onClick={again}>
              Try again
            </Button>
          )}
        </>
      }
    />
  );
}
