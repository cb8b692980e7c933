import CloudOff from "lucide-react/icons/cloud-off";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import { asProblem } from "@/api/problem";
import { Button } from "./ui/button";
import { Copyable } from "./ui/copyable";
import { EmptyState } from "./ui/empty-state";
import { Notice } from "./ui/notice";

function RequestId({ id }: { id: string | null }) {
  if (!id) return null;
  return (
    <div className="mt-1.5 flex items-center gap-1.5 text-[12px]">
      <span>Request</span>
      <Copyable text={id} label="request id" className="text-current" />
    </div>
  );
}

/** A part of a page that could not be read: what happened and the way to try again. */
export function ProblemPanel({ cause, onRetry }: { cause: unknown; onRetry: () => void }) {
  const problem = asProblem(cause);
  return (
    <EmptyState
      icon={problem.status === 0 ? <CloudOff /> : <TriangleAlert />}
      title={problem.title}
      action={<Button onClick={onRetry}>Try again</Button>}
    >
      {problem.message !== problem.title && <p>{problem.message}</p>}
      <div className="flex justify-center">
        <RequestId id={problem.requestId} />
      </div>
    </EmptyState>
  );
}

/** A refused action, beside the button that asked for it. */
export function ProblemNotice({ cause, className }: { cause: unknown; className?: string }) {
  const problem = asProblem(cause);
  return (
    <Notice tone="danger" live {...(className ? { className } : {})}>
      <p className="font-medium">{problem.title}</p>
      {problem.message !== problem.title && <p>{problem.message}</p>}
      {problem.errors.length > 0 && <p>Look at the fields marked below.</p>}
      <RequestId id={problem.requestId} />
    </Notice>
  );
}
