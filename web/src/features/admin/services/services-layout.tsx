import { useQuery } from "@tanstack/react-query";
import Container from "lucide-react/icons/container";
import { Outlet } from "react-router";
import { engineQuery } from "@/api/services";
import { asProblem } from "@/api/problem";
import { ProblemPanel } from "@/components/problem-panel";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { SkeletonRows } from "@/components/ui/skeleton";
import { TabLinks } from "@/components/ui/tab-links";

const PAGES = [
  { path: "/admin/services", label: "What runs" },
  { path: "/admin/services/target", label: "Target" },
  { path: "/admin/services/secrets", label: "Secrets" },
  { path: "/admin/services/history", label: "History" },
  { path: "/admin/services/logs", label: "Logs" },
] as const;

/** The machine's services; says so where there are none, or where the engine is none. */
export function ServicesLayout() {
  const engine = useQuery(engineQuery);
  if (engine.isPending) return <SkeletonRows />;
  if (engine.isError && !engine.data) {
    if (asProblem(engine.error).status === 404) {
      return (
        <EmptyState icon={<Container />} title="This server looks after no services">
          Start it with <code>SORTIE_SERVICES=true</code>, and with <code>USE_REAL_DOCKER=true</code> for a real engine.
        </EmptyState>
      );
    }
    return <ProblemPanel cause={engine.error} onRetry={() => void engine.refetch()} />;
  }
  return (
    <>
      {engine.data.dockerMode === "simulated" && (
        <Notice tone="warn" className="mb-5">
          A simulation: nothing runs. The operator turns a real engine on with <code>USE_REAL_DOCKER=true</code>.
        </Notice>
      )}
      {engine.data.dockerMode === null && (
        <Notice tone="danger" className="mb-5">
          The engine does not answer. What is shown is what was seen last.
        </Notice>
      )}
      <TabLinks label="Services" tabs={PAGES} />
      <Outlet />
    </>
  );
}
