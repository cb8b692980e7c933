import { useQuery } from "@tanstack/react-query";
import { useParams } from "react-router";
import { appQuery } from "@/api/apps";
import { ProblemPanel } from "@/components/problem-panel";
import { PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { AppEditor } from "./app-editor";

export function EditAppPage() {
  const { id = "" } = useParams();
  const app = useQuery(appQuery(id));
  usePageTitle(app.data ? `Edit ${app.data.name}` : "Edit app");
  if (app.isPending) return <SkeletonRows rows={4} className="h-40" />;
  if (app.isError) return <ProblemPanel cause={app.error} onRetry={() => void app.refetch()} />;
  return (
    <>
      <PageHeader title={app.data.name} />
      <AppEditor key={app.data.version} app={app.data} />
    </>
  );
}
