import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { createCategory, updateCategory } from "@/api/access";
import { asProblem } from "@/api/problem";
import type { Category } from "@/api/wire-access";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { TextArea, TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";

/** Name and description. Renaming keeps apps and rights, which know a category by its id. */
export function CategoryForm({ category, onSaved }: { category: Category | null; onSaved: (saved: Category) => void }) {
  const client = useQueryClient();
  const [name, setName] = useState(category?.name ?? "");
  const [description, setDescription] = useState(category?.description ?? "");
  const draft = { name: name.trim(), description: description.trim() };
  const save = useMutation({
    mutationFn: () => (category ? updateCategory(category.id, draft) : createCategory(draft)),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: ["categories"] });
      void client.invalidateQueries({ queryKey: ["apps"] });
      onSaved(saved);
    },
  });
  const problem = save.error ? asProblem(save.error) : null;
  const isTaken = problem?.status === 409;
  const isSame = category !== null && category.name === draft.name && category.description === draft.description;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate();
  };
  return (
    <form onSubmit={onSubmit}>
      <Panel
        title="In the catalog"
        footer={
          <Button type="submit" tone="primary" busy={save.isPending} disabled={draft.name === "" || isSame}>
            {category ? "Save" : "Make the category"}
          </Button>
        }
      >
        {problem && !isTaken && problem.errors.length === 0 && <ProblemNotice cause={problem} className="mb-4" />}
        <div className="flex flex-col gap-4">
          <TextField
            label="Name"
            required
            value={name}
            error={isTaken ? "Another category has this name" : problem?.forField("name")}
            hint={category ? "Its apps, and what people may do in it, stay as they are" : undefined}
            onChange={(event) => setName(event.target.value)}
          />
          <TextArea label="Description" rows={2} value={description} error={problem?.forField("description")} onChange={(event) => setDescription(event.target.value)} />
        </div>
      </Panel>
    </form>
  );
}
