import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { endSignInsOf, removeSecondFactor, signInsOfQuery } from "@/api/administration";
import type { Account } from "@/api/wire";
import { SignInList } from "@/components/accounts/sign-in-list";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { showToast } from "@/lib/toasts";
import { ResetLinkRow } from "./reset-link-row";

/** How somebody gets into their account, and what an administrator does when that goes wrong. */
export function AccountSecurity({ account }: { account: Account }) {
  return (
    <div className="mt-5 flex max-w-2xl flex-col gap-5">
      <Panel title="Getting in">
        <div className="divide-y divide-line">
          <ResetLinkRow account={account} />
          <SecondFactorRow account={account} />
        </div>
      </Panel>
      <SignInsOf account={account} />
    </div>
  );
}

function SecondFactorRow({ account }: { account: Account }) {
  const client = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => removeSecondFactor(account.id),
    onSuccess: () => showToast({ tone: "done", text: `${account.username} signs in with the password alone` }),
    onSettled: () => {
      setIsAsking(false);
      return client.invalidateQueries({ queryKey: ["accounts"] });
    },
  });
  const isOn = account.second_factor;
  return (
    <div className="pt-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-60">
          <p className="flex items-center gap-2 text-[13.5px] font-medium">
            Second factor <Badge tone={isOn ? "live" : "neutral"}>{isOn ? "On" : "Off"}</Badge>
          </p>
          <p className="mt-0.5 text-[12.5px] text-ink-3">
            {isOn ? "Switch it off for somebody who has lost phone and recovery codes. Make sure that it is them who asks." : "Only the person can switch it on."}
          </p>
        </div>
        {isOn && <Button onClick={() => setIsAsking(true)}>Switch off</Button>}
      </div>
      {remove.error && <ProblemNotice cause={remove.error} className="mt-3" />}
      <Confirm
        open={isAsking}
        title={`Switch off the second factor of ${account.username}?`}
        confirmLabel="Switch off"
        busy={remove.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() => remove.mutate()}
      >
        From then on the password alone opens this account. The audit log keeps that you did it.
      </Confirm>
    </div>
  );
}

function SignInsOf({ account }: { account: Account }) {
  const client = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const query = signInsOfQuery(account.id);
  const signIns = useQuery(query);
  const end = useMutation({
    mutationFn: () => endSignInsOf(account.id),
    onSuccess: () => showToast({ tone: "done", text: `${account.username} is signed out everywhere` }),
    onSettled: () => {
      setIsAsking(false);
      return client.invalidateQueries({ queryKey: query.queryKey });
    },
  });
  return (
    <Panel
      title="Where they are signed in"
      footer={signIns.data && <Button onClick={() => setIsAsking(true)}>Sign them out everywhere</Button>}
    >
      {end.error && <ProblemNotice cause={end.error} className="mb-4" />}
      {signIns.isPending && <SkeletonRows rows={2} className="h-11" />}
      {signIns.isError && !signIns.data && <ProblemPanel cause={signIns.error} onRetry={() => void signIns.refetch()} />}
      {signIns.data?.length === 0 && <p className="text-[13.5px] text-ink-2">Nowhere. Programs with tokens are not listed here.</p>}
      {signIns.data && signIns.data.length > 0 && <SignInList signIns={signIns.data} />}
      <Confirm
        open={isAsking}
        title={`Sign ${account.username} out everywhere?`}
        confirmLabel="Sign them out"
        busy={end.isPending}
        onClose={() => setIsAsking(false)}
        onConfirm={() => end.mutate()}
      >
        Every browser and program is signed out, their access tokens are revoked, and live screens end within seconds. Their sessions keep running.
      </Confirm>
    </Panel>
  );
}
