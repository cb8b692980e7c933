import { PageHeader } from "@/components/ui/page";
import { usePageTitle } from "@/hooks/use-page-title";
import { AppEditor } from "./app-editor";

export function NewAppPage() {
  usePageTitle("Add an app");
  return (
    <>
      <PageHeader title="Add an app" />
      <AppEditor app={null} />
    </>
  );
}
