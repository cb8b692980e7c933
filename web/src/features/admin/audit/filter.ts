import type { AuditFilter } from "@/api/administration";

/** The filters as they stand in the address; days are the person's own. */
export function readFilter(params: URLSearchParams): AuditFilter {
  const value = (name: string) => params.get(name) ?? "";
  return { user: value("user"), action: value("action"), from: value("from"), to: value("to") };
}

function moment(day: string, addDays: number): string {
  const [year, month, date] = day.split("-").map(Number);
  if (!year || !month || !date) return "";
  return new Date(year, month - 1, date + addDays).toISOString();
}

/** The same for the server: whole days of the person's zone become moments in UTC. */
export function serverFilter(filter: AuditFilter): AuditFilter {
  return { ...filter, from: moment(filter.from, 0), to: moment(filter.to, 1) };
}
