import MonitorOff from "lucide-react/icons/monitor-off";
import { Link } from "react-router";
import { ProblemPanel } from "@/components/problem-panel";
import { buttonLook } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export function UnknownSession({ cause, isGone, onRetry }: { cause: unknown; isGone: boolean; onRetry: () => void }) {
  return (
    <main data-testid="screen" data-state="ended" className="grid min-h-dvh grid-cols-[minmax(0,1fr)] place-items-center">
      {isGone ? (
        <EmptyState
          isPage
          icon={<MonitorOff />}
          title="There is no such session"
          action={
            <>
              <Link to="/sessions" className={buttonLook()}>
                My sessions
              </Link>
              <Link to="/" className={buttonLook("primary")}>
                Go to the catalog
              </Link>
            </>
          }
        >
          It may belong to somebody else, or the address may be incomplete.
        </EmptyState>
      ) : (
        <ProblemPanel cause={cause} onRetry={onRetry} />
      )}
    </main>
  );
}
