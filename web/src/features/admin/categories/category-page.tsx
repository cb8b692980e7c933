import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Trash2 from "lucide-react/icons/trash-2";
import { useState } from "react";
import { useNavigate, useParams } from "react-router";
import { categoryQuery, deleteCategory } from "@/api/access";
import { appsQuery } from "@/api/apps";
import type { Category } from "@/api/wire-access";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { PageHeader } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { showToast } from "@/lib/toasts";
import { AppsPanel } from "./apps-panel";
import { CategoryForm } from "./category-form";
import { PeoplePanel } from "./people-panel";

/** One category: its words, its people, its apps. */
export function CategoryPage() {
  const { id = "" } = useParams();
  const category = useQuery(categoryQuery(id));
  usePageTitle(category.data?.name ?? "Category");
  if (category.isPending) return <SkeletonRows rows={3} className="h-36" />;
  if (category.isError) return <ProblemPanel cause={category.error} onRetry={() => void category.refetch()} />;
  return <CategoryDetails key={category.data.id} category={category.data} />;
}

function CategoryDetails({ category }: { category: Category }) {
  const { isManager } = useMe();
  const { data: apps } = useQuery(appsQuery);
  const navigate = useNavigate();
  const client = useQueryClient();
  const [isDeleting, setIsDeleting] = useState(false);
  const isEmpty = apps?.every((app) => app.category_id !== category.id) ?? false;
  const remove = useMutation({
    mutationFn: () => deleteCategory(category.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["categories"] });
      showToast({ tone: "done", text: `${category.name} is deleted` });
      void navigate("/admin/categories");
    },
    onSettled: () => setIsDeleting(false),
  });
  return (
    <div className="max-w-3xl">
      <PageHeader
        title={category.name}
        actions={
          isManager &&
          isEmpty && (
            <Button tone="quiet-danger" onClick={() => setIsDeleting(true)}>
              <Trash2 /> Delete
            </Button>
          )
        }
      >
        {category.description}
      </PageHeader>
      {remove.error && <ProblemNotice cause={remove.error} className="mb-4" />}
      <div className="flex flex-col gap-5">
        <PeoplePanel category={category} right="approved-users" />
        <PeoplePanel category={category} right="admins" />
        <AppsPanel category={category} />
        <CategoryForm category={category} onSaved={(saved) => showToast({ tone: "done", text: `${saved.name} is saved` })} />
      </div>
      <Confirm
        open={isDeleting}
        title={`Delete ${category.name}?`}
        confirmLabel="Delete the category"
        busy={remove.isPending}
        onClose={() => setIsDeleting(false)}
        onConfirm={() => remove.mutate()}
      >
        What people were given in it is gone with it. An app that names it later makes a new one.
      </Confirm>
    </div>
  );
}
