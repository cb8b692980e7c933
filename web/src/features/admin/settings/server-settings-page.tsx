import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import SettingsIcon from "lucide-react/icons/settings";
import { useState, type SubmitEvent } from "react";
import { settingsQuery, updateSettings } from "@/api/administration";
import { asProblem } from "@/api/problem";
import type { Settings } from "@/api/wire";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { TextField } from "@/components/ui/field";
import { PageHeader, Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { actionLabel } from "@/lib/labels";
import { showToast } from "@/lib/toasts";

/** Settings that live in the database; those of the configuration are not here. */
export function ServerSettingsPage() {
  usePageTitle("Server settings");
  const settings = useQuery(settingsQuery);
  return (
    <div className="max-w-2xl">
      <PageHeader title="Settings">These take effect at once, for everybody. Ports, databases and files belong to the server&rsquo;s configuration.</PageHeader>
      {settings.isPending && <SkeletonRows rows={4} />}
      {settings.isError && <ProblemPanel cause={settings.error} onRetry={() => void settings.refetch()} />}
      {settings.data && <SettingsForm key={JSON.stringify(settings.data)} saved={settings.data} />}
    </div>
  );
}

function SettingsForm({ saved }: { saved: Settings }) {
  const client = useQueryClient();
  const [draft, setDraft] = useState(saved);
  const keys = Object.keys(saved).sort();
  const isChanged = keys.some((key) => draft[key] !== saved[key]);
  const save = useMutation({
    mutationFn: () => updateSettings(draft),
    onSuccess: (next) => {
      client.setQueryData(settingsQuery.queryKey, next);
      void client.invalidateQueries({ queryKey: ["config"] });
      showToast({ tone: "done", text: "Settings saved" });
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate();
  };
  if (keys.length === 0) {
    return (
      <EmptyState icon={<SettingsIcon />} title="Nothing to set here">
        This server takes all of its settings from its configuration.
      </EmptyState>
    );
  }
  return (
    <form noValidate onSubmit={onSubmit}>
      {problem && <ProblemNotice cause={problem} className="mb-4" />}
      <Panel
        title="Of this installation"
        footer={
          <>
            <Button disabled={!isChanged} onClick={() => setDraft(saved)}>
              Undo
            </Button>
            <Button type="submit" tone="primary" disabled={!isChanged} busy={save.isPending}>
              Save
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          {keys.map((key) => (
            <TextField
              key={key}
              label={actionLabel(key)}
              value={draft[key] ?? ""}
              error={problem?.forField(key)}
              hint={<code className="font-mono">{key}</code>}
              onChange={(event) => setDraft({ ...draft, [key]: event.target.value })}
            />
          ))}
        </div>
      </Panel>
    </form>
  );
}
