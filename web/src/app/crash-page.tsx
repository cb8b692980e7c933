import Bug from "lucide-react/icons/bug";
import { useRouteError } from "react-router";
import { asProblem } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

/** The last line of defence: a defect of this page, told without taking the person's work with it. */
export function CrashPage() {
  const problem = asProblem(useRouteError());
  return (
    <main>
      <EmptyState isPage icon={<Bug />} title="This page stopped working" action={<Button tone="primary" onClick={() => window.location.reload()}>Reload</Button>}>
        <p>Your sessions are not affected: they run on the server.</p>
        <p className="mt-2 font-mono text-[12px] break-words text-ink-3">{problem.message}</p>
      </EmptyState>
    </main>
  );
}
