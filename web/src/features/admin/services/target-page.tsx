import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useNavigate } from "react-router";
import { asProblem } from "@/api/problem";
import { planTarget, setTarget, targetQuery } from "@/api/services";
import type { StateDocument } from "@/api/wire-services";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { TextArea } from "@/components/ui/field";
import { PageHeader, Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { usePaused } from "@/hooks/use-paused";
import { showToast } from "@/lib/toasts";
import { StepList } from "./step-list";

/** How long somebody must have stopped typing before the server is asked what it would take. */
const SETTLE_MS = 500;

/** What shall run, as the document that it is: checked and planned while one writes. */
export function TargetPage() {
  usePageTitle("Target");
  const target = useQuery({ ...targetQuery, refetchOnWindowFocus: false });
  if (target.isPending) return <SkeletonRows rows={3} className="h-36" />;
  if (target.isError) return <ProblemPanel cause={target.error} onRetry={() => void target.refetch()} />;
  return <Editor target={target.data} />;
}

function print(target: StateDocument): string {
  return JSON.stringify(target, null, 2);
}

/** The text as a document, or why it is none. */
function read(text: string): { document: unknown } | { error: string } {
  try {
    return { document: JSON.parse(text) as unknown };
  } catch (cause) {
    return { error: cause instanceof Error ? cause.message : String(cause) };
  }
}

function Editor({ target }: { target: StateDocument }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const [text, setText] = useState(() => print(target));
  const settled = usePaused(text, SETTLE_MS);
  const said = read(text);
  const plan = useMutation({ mutationFn: planTarget });
  const { mutate: ask } = plan;
  useEffect(() => {
    const document = read(settled);
    if ("document" in document) ask(document.document);
  }, [ask, settled]);
  const save = useMutation({
    mutationFn: setTarget,
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["services"] });
      showToast({ tone: "done", text: "The target is set" });
      void navigate("/admin/services");
    },
  });
  const problem = plan.error ? asProblem(plan.error) : null;
  const isChecked = settled === text && !plan.isPending;
  return (
    <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
      <div>
        <PageHeader title="Target">Which services of which apps shall run. Nothing is changed before you set it.</PageHeader>
        <TextArea
          label="Target"
          hint="JSON, as the guide says under “A target”."
          error={"error" in said ? said.error : undefined}
          mono
          rows={28}
          spellCheck={false}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <Panel
        title="What it takes"
        footer={
          <>
            <Button onClick={() => setText(print(target))} disabled={text === print(target)}>
              Discard
            </Button>
            <Button
              tone="primary"
              busy={save.isPending}
              disabled={!isChecked || problem !== null || "error" in said}
              onClick={() => "document" in said && save.mutate(said.document)}
            >
              Set the target
            </Button>
          </>
        }
      >
        {save.error && <ProblemNotice cause={save.error} className="mb-3" />}
        {"error" in said ? (
          <p className="text-sm text-ink-2">This is no JSON yet.</p>
        ) : problem ? (
          <div className="text-sm" role="alert">
            <p className="font-medium">{problem.errors.length > 0 ? "This cannot be wanted" : problem.message}</p>
            <ul className="mt-2 flex flex-col gap-1.5">
              {problem.errors.map(({ field, rule }) => (
                <li key={`${field} ${rule}`}>
                  <span className="font-mono text-[12.5px] break-all">{field}</span> <span className="text-ink-2">{rule}</span>
                </li>
              ))}
            </ul>
          </div>
        ) : plan.data === undefined ? (
          <SkeletonRows rows={3} className="h-6" />
        ) : plan.data.steps.length === 0 ? (
          <p className="text-sm text-ink-2">Nothing: the engine shows it already.</p>
        ) : (
          <StepList steps={plan.data.steps} />
        )}
      </Panel>
    </div>
  );
}
