import type { Column } from "./table";

interface RowCardsProps<Row> {
  label: string;
  rows: readonly Row[];
  columns: readonly Column<Row>[];
  keyOf: (row: Row) => string;
}

/** A table's rows where there is no room for columns: a card for each, with its first cell as the heading. */
export function RowCards<Row>({ label, rows, columns: [first, ...rest], keyOf }: RowCardsProps<Row>) {
  const named = rest.filter((column) => column.label !== "");
  const actions = rest.filter((column) => column.label === "");
  return (
    <ul aria-label={label} className="flex flex-col gap-2.5">
      {rows.map((row) => (
        <li key={keyOf(row)} className="rounded-xl border border-line bg-surface p-4 text-[13.5px] shadow-card">
          {first?.cell(row)}
          <dl className="mt-2.5 flex flex-col gap-1.5">
            {named.map((column) => (
              <div key={column.id} className="flex gap-3">
                <dt className="w-24 shrink-0 text-[12.5px] leading-5 text-ink-3">{column.label}</dt>
                <dd className="min-w-0 flex-1 [overflow-wrap:anywhere]">{column.cell(row)}</dd>
              </div>
            ))}
          </dl>
          {actions.map((column) => (
            <div key={column.id} className="mt-3">
              {column.cell(row)}
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}
