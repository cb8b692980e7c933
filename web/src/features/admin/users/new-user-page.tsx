import { PageHeader } from "@/components/ui/page";
import { usePageTitle } from "@/hooks/use-page-title";
import { UserEditor } from "./user-editor";

export function NewUserPage() {
  usePageTitle("Add a user");
  return (
    <>
      <PageHeader title="Add a user" />
      <UserEditor account={null} />
    </>
  );
}
