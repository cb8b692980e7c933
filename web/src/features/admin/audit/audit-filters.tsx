import type { AuditFilter } from "@/api/administration";
import { SelectField, TextField } from "@/components/ui/field";
import { actionLabel } from "@/lib/labels";

interface AuditFiltersProps {
  filter: AuditFilter;
  choices: { actions: string[]; users: string[] } | undefined;
  onChange: (patch: Partial<AuditFilter>) => void;
}

export function AuditFilters({ filter, choices, onChange }: AuditFiltersProps) {
  return (
    <div className="mb-5 grid grid-cols-2 gap-3 sm:grid-cols-4">
      <SelectField label="Who" value={filter.user} onChange={(event) => onChange({ user: event.target.value })}>
        <option value="">Everybody</option>
        {choices?.users.map((user) => (
          <option key={user} value={user}>
            {user}
          </option>
        ))}
      </SelectField>
      <SelectField label="Did" value={filter.action} onChange={(event) => onChange({ action: event.target.value })}>
        <option value="">Anything</option>
        {choices?.actions.map((action) => (
          <option key={action} value={action}>
            {actionLabel(action)}
          </option>
        ))}
      </SelectField>
      <TextField label="From" type="date" value={filter.from} max={filter.to || undefined} onChange={(event) => onChange({ from: event.target.value })} />
      <TextField label="To" type="date" value={filter.to} min={filter.from || undefined} onChange={(event) => onChange({ to: event.target.value })} />
    </div>
  );
}
