import { useNavigate } from "react-router";
import { PageHeader } from "@/components/ui/page";
import { usePageTitle } from "@/hooks/use-page-title";
import { CategoryForm } from "./category-form";

export function NewCategoryPage() {
  usePageTitle("New category");
  const navigate = useNavigate();
  return (
    <div className="max-w-2xl">
      <PageHeader title="New category">People and apps come next.</PageHeader>
      <CategoryForm category={null} onSaved={({ id }) => void navigate(`/admin/categories/${encodeURIComponent(id)}`, { replace: true })} />
    </div>
  );
}
