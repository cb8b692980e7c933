import { useMutation, useQueryClient } from "@tanstack/react-query";
import Inbox from "lucide-react/icons/inbox";
import KeyRound from "lucide-react/icons/key-round";
import { useState, type ReactNode } from "react";
import { withdrawAccess } from "@/api/access";
import type { AccessRequest } from "@/api/wire-access";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { DecideDialog } from "./decide-dialog";
import { RequestCard } from "./request-card";

function Cards({ children }: { children: ReactNode }) {
  return <ul className="flex flex-col gap-3">{children}</ul>;
}

/** What others ask for, with the decision beside it. */
export function Inbound({ requests, isWaiting }: { requests: readonly AccessRequest[]; isWaiting: boolean }) {
  const [deciding, setDeciding] = useState<{ request: AccessRequest; decision: "grant" | "refuse" } | null>(null);
  if (requests.length === 0) {
    return (
      <EmptyState icon={<Inbox />} title={isWaiting ? "Nobody waits for you" : "No requests yet"}>
        People can ask for apps that they see and may not use. An app’s form says whether others see its card.
      </EmptyState>
    );
  }
  return (
    <>
      <Cards>
        {requests.map((request) => (
          <RequestCard
            key={request.id}
            request={request}
            isMine={false}
            actions={
              request.can_decide && (
                <>
                  <Button tone="primary" size="small" aria-label={`Grant ${request.app_name} to ${request.username}`} onClick={() => setDeciding({ request, decision: "grant" })}>
                    Grant…
                  </Button>
                  <Button size="small" aria-label={`Refuse ${request.app_name} to ${request.username}`} onClick={() => setDeciding({ request, decision: "refuse" })}>
                    Refuse…
                  </Button>
                </>
              )
            }
          />
        ))}
      </Cards>
      {deciding && <DecideDialog {...deciding} onClose={() => setDeciding(null)} />}
    </>
  );
}

/** What one asked for oneself. */
export function Outbound({ requests }: { requests: readonly AccessRequest[] }) {
  const client = useQueryClient();
  const withdraw = useMutation({
    mutationFn: withdrawAccess,
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ["apps"] });
      return client.invalidateQueries({ queryKey: ["access-requests"] });
    },
  });
  if (requests.length === 0) {
    return (
      <EmptyState icon={<KeyRound />} title="You have asked for nothing">
        Apps that you may ask for say so on their card in the catalog.
      </EmptyState>
    );
  }
  return (
    <>
      {withdraw.error && <ProblemNotice cause={withdraw.error} className="mb-4" />}
      <Cards>
        {requests.map((request) => (
          <RequestCard
            key={request.id}
            request={request}
            isMine
            actions={
              request.status === "pending" && (
                <Button size="small" aria-label={`Withdraw the request for ${request.app_name}`} busy={withdraw.isPending && withdraw.variables === request.id} onClick={() => withdraw.mutate(request.id)}>
                  Withdraw
                </Button>
              )
            }
          />
        ))}
      </Cards>
    </>
  );
}
