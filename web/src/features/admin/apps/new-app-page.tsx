import { PageHeader } from "@/components/ui/page";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { AppEditor } from "./app-editor";

export function NewAppPage() {
  usePageTitle("Add an app");
  const { mayAuthor } = useMe();
  return (
    <>
      <PageHeader title="Add an app">{!mayAuthor && "A link, in a category that you manage. App authors add desktop programs."}</PageHeader>
      <AppEditor app={null} />
    </>
  );
}
