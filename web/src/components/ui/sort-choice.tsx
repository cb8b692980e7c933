import type { Column } from "./table";

interface SortChoiceProps<Row> {
  columns: readonly Column<Row>[];
  /** A column's id, with a hyphen before it for the other way round; empty for the list's own order. */
  sort: string;
  onChoose: (sort: string) => void;
}

/** The order of a list without a head to press on. */
export function SortChoice<Row>({ columns, sort, onChoose }: SortChoiceProps<Row>) {
  const sortable = columns.filter(({ sortBy }) => sortBy);
  if (sortable.length === 0) return null;
  return (
    <select
      aria-label="Order"
      value={sort}
      onChange={(event) => onChoose(event.target.value)}
      className="h-8 max-w-48 rounded-lg border border-line bg-surface px-2 text-[13px] text-ink-2 touch:h-10 touch:text-base"
    >
      <option value="">In their own order</option>
      {sortable.map(({ id, label }) => [
        <option key={id} value={id}>{`By ${label.toLowerCase()}`}</option>,
        <option key={`-${id}`} value={`-${id}`}>{`By ${label.toLowerCase()}, backwards`}</option>,
      ])}
    </select>
  );
}
