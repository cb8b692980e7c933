import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowUp from "lucide-react/icons/arrow-up";
import Columns3 from "lucide-react/icons/columns-3";
import * as Popover from "@radix-ui/react-popover";
import type { ReactNode } from "react";
import { useMedia } from "@/hooks/use-media";
import { useUrlState } from "@/hooks/use-url-state";
import { cn } from "@/lib/format";
import { buttonLook } from "./button";
import { RowCards } from "./row-cards";
import { SortChoice } from "./sort-choice";
import { sortRows, type Sortable } from "./sort-rows";

export interface Column<Row> extends Sortable<Row> {
  id: string;
  label: string;
  cell: (row: Row) => ReactNode;
  /** Not offered for hiding, such as the name. */
  fixed?: boolean;
  /** Left out until a person asks for it. */
  optional?: boolean;
  className?: string;
}

interface DataTableProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
  /** Search box and filters, left of the column choice. */
  toolbar?: ReactNode;
  /** Shown instead of rows when there are none. */
  empty: ReactNode;
}

/** Shown columns from the address: named ones are the other way round than by default. */
function useShownColumns<Row>(columns: readonly Column<Row>[]) {
  const [changed, setChanged] = useUrlState("cols");
  const names = changed.split(",").filter(Boolean);
  const isShown = (column: Column<Row>) => names.includes(column.id) === Boolean(column.optional);
  const toggle = (column: Column<Row>) => {
    const next = names.includes(column.id) ? names.filter((name) => name !== column.id) : [...names, column.id];
    setChanged(next.join(","));
  };
  return { shown: columns.filter(isShown), isShown, toggle };
}

/** Where columns have no room side by side. */
const PHONE = "(max-width: 39.99rem)";

/** A table with sorting and column choice, both kept in the address. */
export function DataTable<Row>({ label, rows, columns, keyOf, toolbar, empty }: DataTableProps<Row>) {
  const [sort, setSort] = useUrlState("sort");
  const { shown, isShown, toggle } = useShownColumns(columns);
  const descending = sort.startsWith("-");
  const sortedBy = columns.find((column) => column.id === sort.replace(/^-/, ""));
  const sorted = sortedBy ? sortRows(rows, sortedBy, descending) : rows;

  const isPhone = useMedia(PHONE);

  const onSort = (id: string) => {
    if (sort === id) setSort(`-${id}`);
    else setSort(sort === `-${id}` ? "" : id);
  };

  return (
    <div>
      <div className="mb-3 flex flex-wrap items-center gap-2">
        {toolbar}
        {isPhone && <SortChoice columns={shown} sort={sort} onChoose={setSort} />}
        <div className="ml-auto">
          <ColumnChoice columns={columns} isShown={isShown} onToggle={toggle} />
        </div>
      </div>
      {isPhone ? (
        <>
          <RowCards label={label} rows={sorted} columns={shown} keyOf={keyOf} />
          {sorted.length === 0 && empty}
        </>
      ) : (
        <Grid {...{ label, columns: shown, rows: sorted, keyOf, empty, sortedBy, descending, onSort }} />
      )}
    </div>
  );
}

interface GridProps<Row> extends Omit<DataTableProps<Row>, "toolbar"> {
  sortedBy: Column<Row> | undefined;
  descending: boolean;
  onSort: (id: string) => void;
}

function Grid<Row>({ label, rows, columns, keyOf, empty, sortedBy, descending, onSort }: GridProps<Row>) {
  // A scrolling region must be reachable by keyboard.
  return (
    <div
      role="region"
      aria-label={label}
      // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className="relative overflow-x-auto rounded-xl border border-line bg-surface shadow-card"
    >
      <table className="w-full text-left text-[13.5px]">
        <thead className="border-b border-line bg-sunken/50">
          <tr>
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                aria-sort={sortedBy?.id === column.id ? (descending ? "descending" : "ascending") : undefined}
                className="h-10 px-4 text-[12.5px] font-medium whitespace-nowrap text-ink-2"
              >
                {column.sortBy ? (
                  <button type="button" onClick={() => onSort(column.id)} className="inline-flex items-center gap-1 hover:text-ink [&_svg]:size-3">
                    {column.label}
                    {sortedBy?.id === column.id && (descending ? <ArrowDown /> : <ArrowUp />)}
                  </button>
                ) : (
                  column.label || <span className="sr-only">Actions</span>
                )}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)} className="border-b border-line last:border-0 hover:bg-hover/60">
              {columns.map((column) => (
                <td key={column.id} className={cn("px-4 py-2.5 align-middle", column.className)}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length === 0 && empty}
    </div>
  );
}

function ColumnChoice<Row>({ columns, isShown, onToggle }: { columns: readonly Column<Row>[]; isShown: (column: Column<Row>) => boolean; onToggle: (column: Column<Row>) => void }) {
  const choices = columns.filter((column) => !column.fixed);
  if (choices.length === 0) return null;
  return (
    <Popover.Root>
      <Popover.Trigger className={buttonLook("quiet", "small")}>
        <Columns3 /> Columns
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content align="end" sideOffset={6} className="z-40 min-w-44 animate-rise rounded-xl border border-line bg-surface p-1.5 shadow-float">
          {choices.map((column) => (
            <label key={column.id} className="flex h-9 items-center gap-2.5 rounded-lg px-2.5 text-[13px] hover:bg-hover">
              <input type="checkbox" className="size-4 accent-(--primary)" checked={isShown(column)} onChange={() => onToggle(column)} />
              {column.label}
            </label>
          ))}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
