import { Navigate, useNavigate } from "react-router";
import { PageHeader } from "@/components/ui/page";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { TenantForm } from "./tenant-form";

export function NewTenantPage() {
  usePageTitle("New tenant");
  const navigate = useNavigate();
  const { isAdmin } = useMe();
  if (!isAdmin) return <Navigate to="/admin/tenants" replace />;
  return (
    <div className="max-w-3xl">
      <PageHeader title="New tenant">Its people come next.</PageHeader>
      <TenantForm tenant={null} maySetQuotas onSaved={({ id }) => void navigate(`/admin/tenants/${encodeURIComponent(id)}`, { replace: true })} />
    </div>
  );
}
