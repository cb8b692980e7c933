import { useQuery } from "@tanstack/react-query";
import { accessRequestsQuery } from "@/api/access";
import { ProblemPanel } from "@/components/problem-panel";
import { PageBody, PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { Outbound } from "./request-lists";

/** One's own requests for access, and what became of them. */
export function OwnRequestsPage() {
  usePageTitle("My requests");
  const { me } = useMe();
  const requests = useQuery(accessRequestsQuery(""));
  return (
    <PageBody narrow>
      <PageHeader title="My requests">Apps that you asked for.</PageHeader>
      {requests.isPending && <SkeletonRows rows={3} className="h-24" />}
      {requests.isError && !requests.data && <ProblemPanel cause={requests.error} onRetry={() => void requests.refetch()} />}
      {requests.data && <Outbound requests={requests.data.filter((request) => request.user_id === me?.id)} />}
    </PageBody>
  );
}
