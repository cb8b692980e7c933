import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { accountQuery } from "@/api/administration";
import { ProblemPanel } from "@/components/problem-panel";
import { PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { AccountSecurity } from "./account-security";
import { UserEditor } from "./user-editor";

export function EditUserPage() {
  const { id = "" } = useParams();
  const account = useQuery(accountQuery(id));
  usePageTitle(account.data ? `Edit ${account.data.username}` : "Edit user");
  if (account.isPending) return <SkeletonRows rows={3} className="h-36" />;
  if (account.isError) return <ProblemPanel cause={account.error} onRetry={() => void account.refetch()} />;
  return (
    <>
      <PageHeader title={account.data.display_name || account.data.username} />
      <UserEditor key={account.data.id} account={account.data} />
      <AccountSecurity key={`${account.data.id}-security`} account={account.data} />
    </>
  );
}
