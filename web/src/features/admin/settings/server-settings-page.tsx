import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { settingsQuery, updateSettings } from "@/api/administration";
import { configQuery } from "@/api/config";
import { asProblem } from "@/api/problem";
import type { Settings } from "@/api/wire";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { CheckField, TextArea } from "@/components/ui/field";
import { PageHeader, Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { chosenTenant } from "@/lib/tenant";
import { showToast } from "@/lib/toasts";
import { isOn, SIGN_IN_NOTICE, SWITCHES, toWrite, type Stored } from "./known-settings";

/** The tenant that the sign-in page belongs to. */
const FIRST_TENANT = "default";

/** Settings that live in the database; those of the configuration are not here. */
export function ServerSettingsPage() {
  usePageTitle("Server settings");
  const settings = useQuery(settingsQuery);
  const { data: config } = useQuery(configQuery);
  const { me } = useMe();
  const isAtDoor = (chosenTenant() ?? me?.tenant_id) === FIRST_TENANT;
  return (
    <div className="max-w-2xl">
      <PageHeader title="Settings">These take effect at once, for everybody. Ports, databases and files belong to the server&rsquo;s configuration.</PageHeader>
      {(settings.isPending || !config) && !settings.isError && <SkeletonRows rows={4} />}
      {settings.isError && <ProblemPanel cause={settings.error} onRetry={() => void settings.refetch()} />}
      {settings.data && config && <SettingsForm key={JSON.stringify(settings.data)} saved={settings.data} isOpen={config.allow_registration} isAtDoor={isAtDoor} />}
    </div>
  );
}

/** `isOpen`: whether people may make accounts now, by what is stored or configured. */
function SettingsForm({ saved, isOpen, isAtDoor }: { saved: Settings; isOpen: boolean; isAtDoor: boolean }) {
  const client = useQueryClient();
  const shown = SWITCHES.filter((it) => isAtDoor || !it.atDoor);
  const now: Stored = { ...Object.fromEntries(shown.map((it) => [it.key, String(isOn(it, saved, isOpen))])), [SIGN_IN_NOTICE]: saved[SIGN_IN_NOTICE] ?? "" };
  const [wanted, setWanted] = useState<Stored>({});
  const pending = toWrite(now, wanted);
  const save = useMutation({
    mutationFn: () => updateSettings(pending),
    onSuccess: (next) => {
      client.setQueryData(settingsQuery.queryKey, next);
      void client.invalidateQueries({ queryKey: configQuery.queryKey });
      showToast({ tone: "done", text: "Settings saved" });
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const valueOf = (key: string) => wanted[key] ?? now[key] ?? "";
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate();
  };
  const isChanged = Object.keys(pending).length > 0;
  return (
    <form noValidate onSubmit={onSubmit}>
      {problem && <ProblemNotice cause={problem} className="mb-4" />}
      <Panel
        title="Doors and sharing"
        footer={
          <>
            <Button disabled={!isChanged} onClick={() => setWanted({})}>
              Undo
            </Button>
            <Button type="submit" tone="primary" disabled={!isChanged} busy={save.isPending}>
              Save
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-5">
          {shown.map(({ key, label, hint, opens }) => {
            const isChecked = valueOf(key) === "true";
            return (
              <CheckField
                key={key}
                label={label}
                hint={problem?.forField(key) ?? hint}
                danger={opens === true && isChecked}
                checked={isChecked}
                onChange={(event) => setWanted({ ...wanted, [key]: String(event.target.checked) })}
              />
            );
          })}
          {isAtDoor && (
            <TextArea
              label="Above the sign-in"
              rows={2}
              maxLength={2000}
              value={valueOf(SIGN_IN_NOTICE)}
              error={problem?.forField(SIGN_IN_NOTICE)}
              hint="Strangers read it: whom to ask for an account, or when the server rests"
              onChange={(event) => setWanted({ ...wanted, [SIGN_IN_NOTICE]: event.target.value })}
            />
          )}
        </div>
      </Panel>
    </form>
  );
}
