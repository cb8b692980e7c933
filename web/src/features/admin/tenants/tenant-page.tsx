import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Trash2 from "lucide-react/icons/trash-2";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { deleteTenant, tenantQuery } from "@/api/tenants";
import type { Tenant } from "@/api/wire-access";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { showToast } from "@/lib/toasts";
import { MembersPanel } from "./members-panel";
import { TenantForm } from "./tenant-form";

/** The tenant that every installation has. */
const FIRST = "default";

/** One tenant: its members, its looks, its limits. */
export function TenantPage() {
  const { id = "" } = useParams();
  const tenant = useQuery(tenantQuery(id));
  usePageTitle(tenant.data?.name ?? "Tenant");
  if (tenant.isPending) return <SkeletonRows rows={3} className="h-36" />;
  if (tenant.isError) return <ProblemPanel cause={tenant.error} onRetry={() => void tenant.refetch()} />;
  return <TenantDetails key={tenant.data.id} tenant={tenant.data} />;
}

function TenantDetails({ tenant }: { tenant: Tenant }) {
  const { isAdmin } = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isDeleting, setIsDeleting] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteTenant(tenant.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["tenants"] });
      showToast({ tone: "done", text: `${tenant.name} is deleted` });
      void navigate("/admin/tenants");
    },
    onSettled: () => setIsDeleting(false),
  });
  return (
    <div className="max-w-3xl">
      <PageHeader
        title={tenant.name}
        actions={
          isAdmin &&
          tenant.id !== FIRST && (
            <Button tone="quiet-danger" onClick={() => setIsDeleting(true)}>
              <Trash2 /> Delete
            </Button>
          )
        }
      />
      {remove.error && <ProblemNotice cause={remove.error} className="mb-4" />}
      <div className="flex flex-col gap-5">
        <MembersPanel tenant={tenant} mayAdd={isAdmin} />
        <TenantForm tenant={tenant} maySetQuotas={isAdmin} onSaved={(saved) => showToast({ tone: "done", text: `${saved.name} is saved` })} />
      </div>
      <Confirm
        open={isDeleting}
        title={`Delete ${tenant.name}?`}
        confirmLabel="Delete the tenant"
        busy={remove.isPending}
        onClose={() => setIsDeleting(false)}
        onConfirm={() => remove.mutate()}
      >
        Only an empty one can be deleted: without apps, without sessions, and at home to nobody.
      </Confirm>
    </div>
  );
}
