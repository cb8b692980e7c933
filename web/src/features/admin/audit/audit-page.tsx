import { useQuery } from "@tanstack/react-query";
import ScrollText from "lucide-react/icons/scroll-text";
import { useSearchParams } from "react-router";
import { AUDIT_PAGE, auditFiltersQuery, auditQuery, type AuditFilter } from "@/api/administration";
import type { AuditEntry } from "@/api/wire";
import { ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DataTable, type Column } from "@/components/ui/table";
import { usePageTitle } from "@/hooks/use-page-title";
import { actionLabel } from "@/lib/labels";
import { absolute } from "@/lib/time";
import { AuditFilters } from "./audit-filters";
import { ExportLink } from "./export-link";
import { readFilter, serverFilter } from "./filter";
import { DetailsCell } from "./details-cell";

function outcomeTone(outcome: string) {
  return outcome === "success" || outcome === "ok" ? "neutral" : "danger";
}

const COLUMNS: readonly Column<AuditEntry>[] = [
  {
    id: "time",
    label: "When",
    fixed: true,
    cell: (entry) => (
      <time dateTime={entry.timestamp} title={entry.timestamp} className="whitespace-nowrap tabular-nums text-ink-2">
        {absolute(entry.timestamp)}
      </time>
    ),
  },
  {
    id: "user",
    label: "Who",
    fixed: true,
    cell: (entry) => (
      <span className="whitespace-nowrap">
        <span className="font-medium">{entry.user || "–"}</span>
        {entry.on_behalf_of && <span className="text-ink-3"> for {entry.on_behalf_of}</span>}
      </span>
    ),
  },
  { id: "action", label: "Did", fixed: true, cell: (entry) => <span className="whitespace-nowrap">{actionLabel(entry.action)}</span> },
  { id: "details", label: "Details", cell: (entry) => <DetailsCell details={entry.details} /> },
  {
    id: "outcome",
    label: "Outcome",
    cell: (entry) => <Badge tone={outcomeTone(entry.outcome)}>{actionLabel(entry.outcome)}</Badge>,
  },
  { id: "ip", label: "From", optional: true, cell: (entry) => <span className="font-mono text-[12px] text-ink-2">{entry.source_ip ?? "–"}</span> },
  {
    id: "request",
    label: "Request",
    optional: true,
    cell: (entry) => (entry.request_id ? <Copyable text={entry.request_id} label="request id" className="max-w-40" /> : "–"),
  },
];

export function AuditPage() {
  usePageTitle("Audit log");
  const [params, setParams] = useSearchParams();
  const filter = readFilter(params);
  const offset = Math.max(0, Number(params.get("offset")) || 0);
  const asked = serverFilter(filter);
  const page = useQuery(auditQuery(asked, offset));
  const { data: choices } = useQuery(auditFiltersQuery);

  const change = (next: Partial<Record<string, string>>) => {
    setParams(
      (known) => {
        const result = new URLSearchParams(known);
        for (const [name, value] of Object.entries(next)) {
          if (value) result.set(name, value);
          else result.delete(name);
        }
        return result;
      },
      { replace: true },
    );
  };
  const onFilter = (patch: Partial<AuditFilter>) => change({ ...patch, offset: "" });
  const isFiltered = Object.values(filter).some(Boolean);

  return (
    <>
      <PageHeader
        title="Audit log"
        actions={
          <>
            <ExportLink filter={asked} format="csv" label="CSV" />
            <ExportLink filter={asked} format="jsonl" label="JSON lines" />
          </>
        }
      >
        Who did what, and when. Exports are complete and follow the filters.
      </PageHeader>
      <AuditFilters filter={filter} choices={choices} onChange={onFilter} />
      {page.isPending && <SkeletonRows rows={8} className="h-11" />}
      {page.isError && !page.data && <ProblemPanel cause={page.error} onRetry={() => void page.refetch()} />}
      {page.data && (
        <>
          <div aria-busy={page.isPlaceholderData} className={page.isPlaceholderData ? "opacity-60 transition-opacity" : ""}>
            <DataTable
              label="Audit log"
              rows={page.data.logs}
              columns={COLUMNS}
              keyOf={(entry) => String(entry.id)}
              empty={
                <EmptyState
                  icon={<ScrollText />}
                  title={isFiltered ? "Nothing matches these filters" : "Nothing has happened yet"}
                  action={isFiltered && <Button onClick={() => onFilter({ user: "", action: "", from: "", to: "" })}>Clear the filters</Button>}
                />
              }
            />
          </div>
          <Pager offset={offset} shown={page.data.logs.length} total={page.data.total} onOffset={(next) => change({ offset: next > 0 ? String(next) : "" })} />
        </>
      )}
    </>
  );
}

function Pager({ offset, shown, total, onOffset }: { offset: number; shown: number; total: number; onOffset: (offset: number) => void }) {
  if (total === 0) return null;
  return (
    <div className="mt-3 flex flex-wrap items-center justify-between gap-3">
      <p className="text-[13px] text-ink-2 tabular-nums" role="status">
        {(offset + 1).toLocaleString()} to {(offset + shown).toLocaleString()} of {total.toLocaleString()}
      </p>
      <div className="flex gap-2">
        <Button size="small" disabled={offset === 0} onClick={() => onOffset(Math.max(0, offset - AUDIT_PAGE))}>
          Newer
        </Button>
        <Button size="small" disabled={offset + shown >= total} onClick={() => onOffset(offset + AUDIT_PAGE)}>
          Older
        </Button>
      </div>
    </div>
  );
}
