import { useQuery } from "@tanstack/react-query";
import { configQuery } from "@/api/config";
import { Notice } from "@/components/ui/notice";

/** What this server lacks to run desktop apps, in its own words. */
export function RuntimeNotice() {
  // Asked for once the page is painted; this only listens.
  const { data: config } = useQuery({ ...configQuery, enabled: false });
  const runtime = config?.runtime;
  if (!runtime || runtime.ready || runtime.problems.length === 0) return null;
  return (
    <Notice tone="warn" className="mb-6">
      <p className="font-medium">Desktop apps cannot start on this server. Links work.</p>
      <ul className="mt-0.5">
        {runtime.problems.map((problem) => (
          <li key={problem.code}>{problem.message}</li>
        ))}
      </ul>
    </Notice>
  );
}
