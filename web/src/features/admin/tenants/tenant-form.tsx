import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import { createTenant, updateTenant } from "@/api/tenants";
import type { Tenant, TenantDraft, TenantLooks, TenantQuotas } from "@/api/wire-access";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { TextField, WordField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { ColorField } from "./color-field";
import { AMOUNTS, countOf, COUNTS, draftOf, EMPTY_TENANT } from "./tenant-draft";

interface TenantFormProps {
  tenant: Tenant | null;
  /** Limits are the installation's to give, not the tenant's to take. */
  maySetQuotas: boolean;
  onSaved: (saved: Tenant) => void;
}

/** Name, looks and limits of a tenant. */
export function TenantForm({ tenant, maySetQuotas, onSaved }: TenantFormProps) {
  const client = useQueryClient();
  const [draft, setDraft] = useState<TenantDraft>(tenant ? draftOf(tenant) : EMPTY_TENANT);
  const save = useMutation({
    mutationFn: () => (tenant ? updateTenant(tenant.id, draft) : createTenant(draft)),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      void client.invalidateQueries({ queryKey: ["config"] });
      onSaved(saved);
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const errorOf = (field: string) => problem?.forField(field);
  const look = (change: Partial<TenantLooks>) => setDraft({ ...draft, settings: { ...draft.settings, ...change } });
  const quota = (change: Partial<TenantQuotas>) => setDraft({ ...draft, quotas: { ...draft.quotas, ...change } });
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form noValidate onSubmit={onSubmit} className="flex flex-col gap-5">
      {problem && <ProblemNotice cause={problem} />}
      <Panel title="Name">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label="Name" value={draft.name} error={errorOf("name")} onChange={(event) => setDraft({ ...draft, name: event.target.value })} />
          <TextField
            label="Short name"
            mono
            autoCapitalize="none"
            value={draft.slug}
            error={errorOf("slug")}
            hint="How programs name it: lower case, digits, hyphens"
            onChange={(event) => setDraft({ ...draft, slug: event.target.value })}
          />
        </div>
      </Panel>
      <Panel title="Looks" description="What is empty looks like the installation. Colours are moved until they can be read in both themes.">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField label="Shown name" value={draft.settings.display_name} error={errorOf("settings.display_name")} onChange={(event) => look({ display_name: event.target.value })} />
          <TextField label="Logo" placeholder="https://…" value={draft.settings.logo_url} error={errorOf("settings.logo_url")} onChange={(event) => look({ logo_url: event.target.value })} />
          <ColorField label="First colour" value={draft.settings.primary_color} error={errorOf("settings.primary_color")} onChange={(primary_color) => look({ primary_color })} />
          <ColorField label="Second colour" value={draft.settings.secondary_color} error={errorOf("settings.secondary_color")} onChange={(secondary_color) => look({ secondary_color })} />
        </div>
      </Panel>
      <Panel title="Limits" description={maySetQuotas ? "What is empty has no limit of its own; those of the installation count for all together." : "Administrators of the installation set these."}>
        <fieldset disabled={!maySetQuotas} className="grid gap-4 sm:grid-cols-2">
          {COUNTS.map(({ field, label }) => (
            <TextField
              key={field}
              label={label}
              inputMode="numeric"
              placeholder="No limit"
              value={draft.quotas[field] || ""}
              error={errorOf(`quotas.${field}`)}
              onChange={(event) => quota({ [field]: countOf(event.target.value) })}
            />
          ))}
          {AMOUNTS.map(({ field, label }) => (
            <WordField
              key={field}
              label={label}
              placeholder={field.includes("cpu") ? "500m" : "512Mi"}
              value={draft.quotas[field]}
              error={errorOf(`quotas.${field}`)}
              onWord={(amount) => quota({ [field]: amount })}
            />
          ))}
        </fieldset>
      </Panel>
      <div>
        <Button type="submit" tone="primary" busy={save.isPending} disabled={draft.name.trim() === "" || draft.slug.trim() === ""}>
          {tenant ? "Save" : "Make the tenant"}
        </Button>
      </div>
    </form>
  );
}
