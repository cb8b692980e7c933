import type { ReactNode } from "react";
import { Link } from "react-router";
import type { AccessRequest } from "@/api/wire-access";
import { RelativeTime } from "@/components/ui/relative-time";
import { RequestStatus } from "./request-status";

interface RequestCardProps {
  request: AccessRequest;
  /** Whether the reader is who asked. */
  isMine: boolean;
  actions?: ReactNode;
}

/** A request: who wants what, why, and what became of it. */
export function RequestCard({ request, isMine, actions }: RequestCardProps) {
  return (
    <li className="rounded-xl border border-line bg-surface p-4 shadow-card sm:px-5">
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <p className="min-w-0 text-[14px]">
          {isMine ? "You asked for " : <><span className="font-semibold">{request.username}</span> asks for </>}
          <Link to={`/apps/${encodeURIComponent(request.app_id)}`} className="rounded font-semibold hover:underline">
            {request.app_name}
          </Link>
          <RelativeTime at={request.created_at} className="ml-2 text-[12.5px] whitespace-nowrap text-ink-3" />
        </p>
        <RequestStatus status={request.status} />
      </div>
      {request.message && <blockquote className="mt-2 border-l-2 border-line-strong pl-3 text-[13.5px] break-words whitespace-pre-line text-ink-2">{request.message}</blockquote>}
      {request.decided_at && request.status !== "withdrawn" && (
        <p className="mt-2 text-[13px] break-words text-ink-3">
          {request.decided_by} <RelativeTime at={request.decided_at} />
          {request.decision_note && <>: “{request.decision_note}”</>}
        </p>
      )}
      {actions && <div className="mt-3 flex flex-wrap gap-2">{actions}</div>}
    </li>
  );
}
