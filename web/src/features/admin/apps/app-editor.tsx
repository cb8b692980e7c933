import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Trash2 from "lucide-react/icons/trash-2";
import { useMemo, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { useBlocker, useNavigate } from "react-router";
import { categoriesQuery } from "@/api/access";
import { createApp, deleteApp, updateApp } from "@/api/apps";
import { asProblem } from "@/api/problem";
import type { App, AppSpec } from "@/api/wire";
import { AppCard } from "@/components/apps/app-card";
import { previewOf } from "@/components/apps/app-facts";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Notice } from "@/components/ui/notice";
import { useLaunch } from "@/hooks/use-launch";
import { useMe } from "@/hooks/use-me";
import { showToast } from "@/lib/toasts";
import { AppForm } from "./app-form";
import { ChangesDialog } from "./changes-dialog";
import { changes, check, EMPTY_APP, slug, specOf } from "./draft";

/** The form of an app beside the card that it makes; saving shows what changes first. */
export function AppEditor({ app }: { app: App | null }) {
  const rights = useMe();
  const mayConfigure = app ? rights.mayConfigure(app) : rights.mayAuthor;
  const { data: known = [] } = useQuery(categoriesQuery);
  const categories = known.filter((it) => mayConfigure || it.can_manage).map(({ name }) => name).sort();
  // Whoever may not say what runs makes links, in a category of theirs.
  const home = mayConfigure ? "" : (categories[0] ?? "");
  const saved = useMemo<AppSpec>(() => (app ? specOf(app) : { ...EMPTY_APP, launch_type: mayConfigure ? "container" : "url", category: home }), [app, mayConfigure, home]);
  const [written, setWritten] = useState<Partial<AppSpec>>({});
  const draft = { ...saved, ...written };
  const [isChecked, setIsChecked] = useState(false);
  const [isReviewing, setIsReviewing] = useState(false);
  const [isDeleting, setIsDeleting] = useState(false);
  const isSaved = useRef(false);
  const client = useQueryClient();
  const navigate = useNavigate();
  const launch = useLaunch();
  const pending = changes(saved, draft);

  const leave = (text: string) => {
    isSaved.current = true;
    void client.invalidateQueries({ queryKey: ["apps"] });
    showToast({ tone: "done", text });
    void navigate("/admin/apps");
  };
  const save = useMutation({
    mutationFn: () => (app ? updateApp(draft, app.version) : createApp(draft)),
    onSuccess: (next) => leave(`${next.name} is saved`),
    onSettled: () => setIsReviewing(false),
  });
  const remove = useMutation({
    mutationFn: () => deleteApp(draft.id),
    onSuccess: () => leave(`${draft.name} is deleted`),
    onSettled: () => setIsDeleting(false),
  });
  const blocker = useBlocker(({ currentLocation, nextLocation }) => !isSaved.current && pending.length > 0 && currentLocation.pathname !== nextLocation.pathname);

  const local = isChecked ? check(draft, mayConfigure) : {};
  const problem = save.error ? asProblem(save.error) : null;
  const errorOf = (field: string) => local[field] ?? problem?.forField(field);

  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (Object.keys(check(draft, mayConfigure)).length > 0) return;
    if (app) setIsReviewing(true);
    else save.mutate();
  };
  const onChange = (patch: Partial<AppSpec>) => {
    // The id follows the name until somebody gives it its own.
    const follows = !app && patch.name !== undefined && draft.id === slug(draft.name);
    setWritten({ ...written, ...patch, ...(follows && { id: slug(patch.name ?? "") }) });
  };

  return (
    <form noValidate onSubmit={onSubmit} className="grid items-start gap-6 lg:grid-cols-[minmax(0,1fr)_19rem]">
      <div className="min-w-0">
        {(problem ?? remove.error) && <ProblemNotice cause={problem ?? remove.error} className="mb-4" />}
        {problem?.is("version_mismatch") && <Reload onReload={() => void client.invalidateQueries({ queryKey: ["apps"] })} />}
        <AppForm draft={draft} isNew={app === null} mayConfigure={mayConfigure} categories={categories} errorOf={errorOf} onChange={onChange} />
      </div>
      <aside aria-label="Preview" className="flex flex-col gap-4 lg:sticky lg:top-20">
        <h2 className="text-[13px] font-medium text-ink-2">Preview</h2>
        <div inert>
          <AppCard app={previewOf(draft)} onOpen={() => undefined} />
        </div>
        {app?.unavailable && <Notice tone="warn">{app.unavailable.message}</Notice>}
        {app?.hints.map((hint) => (
          <Notice key={hint} tone="info">
            {hint}
          </Notice>
        ))}
        <div className="flex flex-col gap-2">
          <Button type="submit" tone="primary" disabled={app !== null && pending.length === 0} busy={save.isPending}>
            {app ? (pending.length > 0 ? `Review ${pending.length} change${pending.length === 1 ? "" : "s"}` : "No changes") : "Add to the catalog"}
          </Button>
          {app && (
            <Button disabled={pending.length > 0 || app.unavailable !== null} busy={launch.busyAppId === app.id} onClick={() => launch.open(app)}>
              Test launch
            </Button>
          )}
          {app && (
            <Button tone="quiet-danger" onClick={() => setIsDeleting(true)}>
              <Trash2 /> Delete the app
            </Button>
          )}
        </div>
        {app && pending.length > 0 && <p className="text-[12.5px] text-ink-3">Sessions that run now keep the app as it was when they started.</p>}
        {launch.failure && <ProblemNotice cause={launch.failure} />}
      </aside>
      <ChangesDialog open={isReviewing} changes={pending} busy={save.isPending} onClose={() => setIsReviewing(false)} onSave={() => save.mutate()} />
      <Confirm open={isDeleting} title={`Delete ${draft.name}?`} confirmLabel="Delete the app" busy={remove.isPending} onClose={() => setIsDeleting(false)} onConfirm={() => remove.mutate()}>
        It disappears from the catalog for everybody. Running sessions go on until they are stopped; history and audit keep its name.
      </Confirm>
      <Confirm
        open={blocker.state === "blocked"}
        title="Leave without saving?"
        confirmLabel="Discard the changes"
        keepLabel="Stay here"
        onClose={() => blocker.reset?.()}
        onConfirm={() => blocker.proceed?.()}
      >
        What you changed on this page is not saved yet.
      </Confirm>
    </form>
  );
}

function Reload({ onReload }: { onReload: () => void }): ReactNode {
  return (
    <div className="mb-4 flex items-center gap-3 text-[13px] text-ink-2">
      Somebody else saved this app meanwhile.
      <Button size="small" onClick={onReload}>
        Load their version
      </Button>
    </div>
  );
}
