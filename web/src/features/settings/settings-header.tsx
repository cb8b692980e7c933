import { PageHeader } from "@/components/ui/page";
import { TabLinks } from "@/components/ui/tab-links";

const TABS = [
  { path: "/settings", label: "General" },
  { path: "/settings/security", label: "Security" },
] as const;

/** The title that both pages of one's own settings share, and the way between them. */
export function SettingsHeader() {
  return (
    <>
      <PageHeader title="Settings">Yours alone, on every device where you sign in.</PageHeader>
      <TabLinks label="Settings" tabs={TABS} />
    </>
  );
}
