import { useQuery } from "@tanstack/react-query";
import { accessRequestsQuery } from "@/api/access";
import { ProblemPanel } from "@/components/problem-panel";
import { PageHeader } from "@/components/ui/page";
import { Segmented } from "@/components/ui/segmented";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { Inbound } from "./request-lists";

const FILTERS = [
  { value: "waiting", label: "Waiting" },
  { value: "all", label: "All" },
] as const;

/** Requests for apps of the categories that one manages. */
export function InboxPage() {
  usePageTitle("Access requests");
  const { me } = useMe();
  const [chosen, setShown] = useUrlState("show", "waiting");
  const shown = chosen === "all" ? "all" : "waiting";
  const requests = useQuery(accessRequestsQuery(shown === "waiting" ? "pending" : ""));
  return (
    <>
      <PageHeader title="Access requests">What people want to use and may not yet.</PageHeader>
      <div className="mb-5">
        <Segmented label="Requests" value={shown} options={FILTERS} onChange={setShown} />
      </div>
      <div className="max-w-3xl">
        {requests.isPending && <SkeletonRows rows={3} className="h-24" />}
        {requests.isError && !requests.data && <ProblemPanel cause={requests.error} onRetry={() => void requests.refetch()} />}
        {requests.data && <Inbound requests={requests.data.filter((request) => request.can_decide || request.user_id !== me?.id)} isWaiting={shown === "waiting"} />}
      </div>
    </>
  );
}
