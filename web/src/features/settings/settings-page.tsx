import Monitor from "lucide-react/icons/monitor";
import Moon from "lucide-react/icons/moon";
import Sun from "lucide-react/icons/sun";
import { PageBody, Panel } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { Segmented } from "@/components/ui/segmented";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { usePreferences } from "@/hooks/use-preferences";
import { ROLE_LABEL } from "@/lib/labels";
import { patchPreferences } from "@/lib/preferences";
import { SettingsHeader } from "./settings-header";

const THEMES = [
  { value: "system", label: "System", icon: <Monitor /> },
  { value: "light", label: "Light", icon: <Sun /> },
  { value: "dark", label: "Dark", icon: <Moon /> },
] as const;

export function SettingsPage() {
  usePageTitle("Settings");
  const { theme } = usePreferences();
  return (
    <PageBody narrow>
      <SettingsHeader />
      <div className="flex flex-col gap-5">
        <Panel title="Appearance" description="System follows what your computer or phone says.">
          <Segmented
            label="Theme"
            value={theme ?? "system"}
            options={THEMES}
            onChange={(value) => patchPreferences({ theme: value === "system" ? null : value })}
          />
        </Panel>
        <AccountPanel />
      </div>
    </PageBody>
  );
}

function AccountPanel() {
  const { me } = useMe();
  if (!me) return null;
  const rows: [string, React.ReactNode][] = [
    ["User name", me.username],
    ["Name", me.name || "–"],
    ["E-mail", me.email || "–"],
    ["Roles", me.roles.map((role) => ROLE_LABEL[role]).join(", ") || "User"],
    ["Last sign-in", me.last_sign_in_at ? <RelativeTime key="at" at={me.last_sign_in_at} /> : "This is the first"],
  ];
  return (
    <Panel title="Account" description="An administrator can change these.">
      <dl className="grid gap-x-6 gap-y-2 text-[13.5px] sm:grid-cols-[9rem_1fr]">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 break-words max-sm:mb-1.5">{value}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
