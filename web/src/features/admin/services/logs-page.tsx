import { useQuery } from "@tanstack/react-query";
import ScrollText from "lucide-react/icons/scroll-text";
import { useEffect, useRef, useState } from "react";
import { explainQuery, logsQuery } from "@/api/services";
import type { ServiceLogLine } from "@/api/wire-services";
import { ProblemPanel } from "@/components/problem-panel";
import { CheckField, SelectField } from "@/components/ui/field";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { cn } from "@/lib/format";

/** The last lines that services said; they follow what is said now. */
export function LogsPage() {
  usePageTitle("Logs of services");
  const [service, setService] = useUrlState("service");
  const [follows, setFollows] = useState(true);
  const explained = useQuery(explainQuery);
  const logs = useQuery(logsQuery(service, follows));
  const known = (explained.data?.services ?? []).map((it) => it.serviceName);
  const names = [...new Set(service ? [...known, service] : known)].sort();
  return (
    <>
      <PageHeader title="Logs">The newest 500 lines.</PageHeader>
      <div className="mb-4 flex flex-wrap items-end gap-x-6 gap-y-3">
        <SelectField label="Service" value={service} onChange={(event) => setService(event.target.value)} className="w-56">
          <option value="">Every service</option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </SelectField>
        <CheckField label="Follow" checked={follows} onChange={(event) => setFollows(event.target.checked)} />
      </div>
      {logs.isPending && <SkeletonRows />}
      {logs.isError && !logs.data && <ProblemPanel cause={logs.error} onRetry={() => void logs.refetch()} />}
      {logs.data?.length === 0 && <EmptyState icon={<ScrollText />} title="Nothing was said" />}
      {logs.data && logs.data.length > 0 && <Lines lines={logs.data} follows={follows} named={service === ""} />}
    </>
  );
}

function Lines({ lines, follows, named }: { lines: readonly ServiceLogLine[]; follows: boolean; named: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  const last = lines.at(-1)?.timestamp;
  useEffect(() => {
    if (follows && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [follows, last, lines.length]);
  return (
    <div
      ref={box}
      role="log"
      aria-label="Lines"
      aria-live="off"
      // A scrolling region must be reachable by keyboard.
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="max-h-[65dvh] overflow-auto rounded-xl border border-line bg-surface px-4 py-3 font-mono text-[12.5px] leading-relaxed shadow-card"
    >
      {lines.map(({ timestamp, level, message, serviceName, appId }, index) => (
        // Two lines may be alike in everything.
        <p key={`${timestamp} ${appId} ${index}`} className={cn("flex gap-3 whitespace-pre-wrap", level === "error" && "text-danger")}>
          <time dateTime={timestamp} className="shrink-0 text-ink-3">
            {timestamp.slice(11, 19)}
          </time>
          {named && <span className="shrink-0 text-ink-2">{serviceName}</span>}
          <span className="min-w-0 break-words">{message}</span>
        </p>
      ))}
    </div>
  );
}
