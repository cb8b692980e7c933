export interface Sortable<Row> {
  /** The value to sort by; columns without one cannot be sorted. */
  sortBy?: (row: Row) => string | number;
}

/** The rows in the column's order; equal rows keep theirs. */
export function sortRows<Row>(rows: readonly Row[], column: Sortable<Row>, descending: boolean): Row[] {
  const { sortBy } = column;
  if (!sortBy) return [...rows];
  const direction = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [sortBy(a), sortBy(b)];
    if (typeof x === "number" && typeof y === "number") return (x - y) * direction;
    return String(x).localeCompare(String(y), undefined, { numeric: true }) * direction;
  });
}
