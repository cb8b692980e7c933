import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import KeyRound from "lucide-react/icons/key-round";
import Plus from "lucide-react/icons/plus";
import { useState } from "react";
import { revokeToken, tokensQuery } from "@/api/security";
import type { AccessToken } from "@/api/wire-accounts";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Panel } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SkeletonRows } from "@/components/ui/skeleton";
import { showToast } from "@/lib/toasts";
import { scopeLabel } from "./scopes";
import { TokenDialog } from "./token-dialog";

/** Tokens with which programs act in one's name. */
export function TokensPanel() {
  const client = useQueryClient();
  const tokens = useQuery(tokensQuery);
  const [isMaking, setIsMaking] = useState(false);
  const [revoked, setRevoked] = useState<AccessToken | null>(null);
  const revoke = useMutation({
    mutationFn: revokeToken,
    onSuccess: () => showToast({ tone: "done", text: "The token was revoked" }),
    onSettled: () => {
      setRevoked(null);
      return client.invalidateQueries({ queryKey: tokensQuery.queryKey });
    },
  });
  return (
    <Panel
      title="Access tokens"
      description="For scripts and other programs, so that your password stays with you."
      footer={
        <Button onClick={() => setIsMaking(true)}>
          <Plus /> New token
        </Button>
      }
    >
      {revoke.error && <ProblemNotice cause={revoke.error} className="mb-4" />}
      {tokens.isPending && <SkeletonRows rows={1} className="h-11" />}
      {tokens.isError && !tokens.data && <ProblemPanel cause={tokens.error} onRetry={() => void tokens.refetch()} />}
      {tokens.data?.length === 0 && <p className="text-[13.5px] text-ink-2">No program has one.</p>}
      {tokens.data && tokens.data.length > 0 && (
        <ul className="divide-y divide-line">
          {tokens.data.map((token) => (
            <li key={token.id} className="flex items-center gap-3.5 py-3 first:pt-0 last:pb-0">
              <KeyRound className="size-5 shrink-0 text-ink-3" aria-hidden="true" />
              <div className="min-w-0 flex-1">
                <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13.5px] font-medium">
                  <span className="min-w-0 break-words">{token.name}</span>
                  {token.scopes.map((scope) => (
                    <Badge key={scope} tone={scope === "admin" ? "signal" : "neutral"}>
                      {scopeLabel(scope)}
                    </Badge>
                  ))}
                </p>
                <p className="text-[12.5px] text-ink-3">
                  expires <RelativeTime at={token.expires_at} /> · {token.last_used_at ? <>used <RelativeTime at={token.last_used_at} /></> : "never used"}
                </p>
              </div>
              <Button size="small" aria-label={`Revoke ${token.name}`} onClick={() => setRevoked(token)}>
                Revoke
              </Button>
            </li>
          ))}
        </ul>
      )}
      {isMaking && <TokenDialog onClose={() => setIsMaking(false)} />}
      <Confirm
        open={revoked !== null}
        title={`Revoke “${revoked?.name ?? ""}”?`}
        confirmLabel="Revoke the token"
        busy={revoke.isPending}
        onClose={() => setRevoked(null)}
        onConfirm={() => revoked && revoke.mutate(revoked.id)}
      >
        The program that uses it is refused from now on.
      </Confirm>
    </Panel>
  );
}
