import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import History from "lucide-react/icons/history";
import { useState } from "react";
import { historyQuery, restoreSnapshot, snapshotQuery } from "@/api/services";
import type { Difference, SnapshotHead, SnapshotKind } from "@/api/wire-services";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader, Panel } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { cn } from "@/lib/format";
import { showToast } from "@/lib/toasts";

const KINDS = [
  { value: "target", label: "What was wanted" },
  { value: "current", label: "What ran" },
  { value: "settings", label: "Settings" },
] as const satisfies readonly { value: SnapshotKind; label: string }[];

function isKind(name: string): name is SnapshotKind {
  return KINDS.some(({ value }) => value === name);
}

/** Every target, every changed current state and all changed settings, with what changed, and the way back. */
export function HistoryPage() {
  usePageTitle("History of services");
  const [named, setKind] = useUrlState("type", "target");
  const kind: SnapshotKind = isKind(named) ? named : "target";
  const [chosen, setChosen] = useUrlState("id");
  const history = useInfiniteQuery(historyQuery(kind));
  const kept = history.data?.pages.flatMap((page) => page.items) ?? [];
  const position = Math.max(
    0,
    kept.findIndex((head) => String(head.id) === chosen),
  );
  const head = kept[position];
  return (
    <>
      <PageHeader title="History">Each target; and each state, and the server&rsquo;s settings, where they were not those of before.</PageHeader>
      <div className="mb-4">
        <Segmented
          label="Of what"
          value={kind}
          options={KINDS}
          onChange={(next) => {
            setChosen("");
            setKind(next);
          }}
        />
      </div>
      {history.isPending && <SkeletonRows />}
      {history.isError && !history.data && <ProblemPanel cause={history.error} onRetry={() => void history.refetch()} />}
      {history.data && !head && <EmptyState icon={<History />} title="Nothing was kept yet" />}
      {head && (
        <div className="grid grid-cols-1 items-start gap-5 md:grid-cols-[minmax(12rem,1fr)_minmax(0,3fr)]">
          <div>
            <ol aria-label="Kept states" className="overflow-hidden rounded-xl border border-line bg-surface shadow-card">
              {kept.map((it, index) => (
                <li key={it.id} className="border-b border-line last:border-0">
                  <button
                    type="button"
                    aria-current={index === position || undefined}
                    onClick={() => setChosen(String(it.id))}
                    className={cn("flex w-full justify-between gap-3 px-4 py-2.5 text-left text-[13.5px] hover:bg-hover", index === position && "bg-signal-soft")}
                  >
                    <span className="font-medium tabular-nums">#{it.id}</span>
                    <RelativeTime at={it.createdAt} className="text-ink-2" />
                  </button>
                </li>
              ))}
            </ol>
            {history.hasNextPage && (
              <Button className="mt-3" busy={history.isFetchingNextPage} onClick={() => void history.fetchNextPage()}>
                Show older ones
              </Button>
            )}
          </div>
          <Kept key={head.id} head={head} before={kept[position + 1]} isNewest={position === 0} />
        </div>
      )}
    </>
  );
}

function Kept({ head, before, isNewest }: { head: SnapshotHead; before: SnapshotHead | undefined; isNewest: boolean }) {
  const client = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const snapshot = useQuery(snapshotQuery(head.id, before?.id));
  const restore = useMutation({
    mutationFn: () => restoreSnapshot(head.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["services"] });
      showToast({ tone: "done", text: `Target #${head.id} is wanted again` });
    },
    onSettled: () => setIsAsking(false),
  });
  const mayRestore = head.type === "target" && !isNewest;
  return (
    <div className="flex flex-col gap-5">
      {restore.error && <ProblemNotice cause={restore.error} />}
      {snapshot.isPending && <SkeletonRows rows={2} className="h-24" />}
      {snapshot.isError && <ProblemPanel cause={snapshot.error} onRetry={() => void snapshot.refetch()} />}
      {snapshot.data && (
        <>
          <Panel
            title={before ? `Changes since #${before.id}` : "The first one"}
            footer={mayRestore && <Button onClick={() => setIsAsking(true)}>Back to this one</Button>}
          >
            <Differences differences={snapshot.data.differences ?? []} />
          </Panel>
          <Panel title={`${head.type === "settings" ? "Settings" : "State"} #${head.id}`}>
            {/* A scrolling region must be reachable by keyboard. */}
            {/* eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
            <pre role="region" aria-label={`Document ${head.id}`} tabIndex={0} className="max-h-[32rem] overflow-auto text-[12.5px] leading-relaxed">
              {JSON.stringify(snapshot.data.state, null, 2)}
            </pre>
          </Panel>
        </>
      )}
      <Confirm open={isAsking} title={`Back to target #${head.id}?`} confirmLabel="Want this again" busy={restore.isPending} onClose={() => setIsAsking(false)} onConfirm={() => restore.mutate()}>
        It becomes the newest target, and the machine is made so. What is wanted now stays in the history.
      </Confirm>
    </div>
  );
}

function Differences({ differences }: { differences: readonly Difference[] }) {
  if (differences.length === 0) return <p className="text-sm text-ink-2">No difference.</p>;
  return (
    <dl className="flex flex-col gap-3 text-[13px]">
      {differences.map(({ path, before, after }) => (
        <div key={path}>
          <dt className="font-mono text-[12.5px] break-all text-ink-2">{path}</dt>
          <dd className="mt-1 flex flex-col gap-1 font-mono text-[12.5px]">
            {before !== null && before !== undefined && <Side tone="danger" sign="−" word="before" value={before} />}
            {after !== null && after !== undefined && <Side tone="live" sign="+" word="after" value={after} />}
          </dd>
        </div>
      ))}
    </dl>
  );
}

const SIDES = { danger: "bg-danger-soft text-danger", live: "bg-live-soft text-live" } as const;

function Side({ tone, sign, word, value }: { tone: keyof typeof SIDES; sign: string; word: string; value: unknown }) {
  return (
    <span className={cn("flex gap-2 rounded px-2 py-0.5 break-all whitespace-pre-wrap", SIDES[tone])}>
      <span aria-hidden="true">{sign}</span>
      <span className="sr-only">{word}:</span>
      {typeof value === "string" ? value : JSON.stringify(value)}
    </span>
  );
}
