import { useQuery } from "@tanstack/react-query";
import Lock from "lucide-react/icons/lock";
import { Link, useParams } from "react-router";
import { appQuery } from "@/api/apps";
import { ProblemPanel } from "@/components/problem-panel";
import { buttonLook } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { AppEditor } from "./app-editor";

export function EditAppPage() {
  const { id = "" } = useParams();
  const app = useQuery(appQuery(id));
  const { mayEdit } = useMe();
  usePageTitle(app.data ? `Edit ${app.data.name}` : "Edit app");
  if (app.isPending) return <SkeletonRows rows={4} className="h-40" />;
  if (app.isError) return <ProblemPanel cause={app.error} onRetry={() => void app.refetch()} />;
  if (!mayEdit(app.data)) {
    return (
      <EmptyState
        isPage
        icon={<Lock />}
        title={`${app.data.name} is not yours to change`}
        action={
          <Link className={buttonLook("primary")} to={`/apps/${encodeURIComponent(app.data.id)}`}>
            Go to the app
          </Link>
        }
      >
        App authors change it{app.data.category && `, and the administrators of its category, ${app.data.category}, change how it is shown`}.
      </EmptyState>
    );
  }
  return (
    <>
      <PageHeader title={app.data.name} />
      <AppEditor key={app.data.version} app={app.data} />
    </>
  );
}
