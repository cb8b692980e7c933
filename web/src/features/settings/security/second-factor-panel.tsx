import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { disableSecondFactor, renewRecoveryCodes, secondFactorQuery } from "@/api/security";
import { ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { Panel } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SkeletonRows } from "@/components/ui/skeleton";
import { plural } from "@/lib/format";
import { showToast } from "@/lib/toasts";
import { ProveDialog } from "./prove-dialog";
import { RecoveryCodesDialog } from "./recovery-codes-dialog";
import { SetUpDialog } from "./set-up-dialog";

const FEW_CODES = 3;

type Step = { kind: "set-up" } | { kind: "renew" } | { kind: "switch-off" } | { kind: "codes"; title: string; codes: readonly string[] };

/** The code besides the password: whether it is asked for, and everything one can do about it. */
export function SecondFactorPanel() {
  const client = useQueryClient();
  const factor = useQuery(secondFactorQuery);
  const [step, setStep] = useState<Step | null>(null);
  const close = () => setStep(null);
  const reread = () => client.invalidateQueries({ queryKey: secondFactorQuery.queryKey });
  const showCodes = (title: string) => (codes: readonly string[]) => {
    void reread();
    setStep({ kind: "codes", title, codes });
  };
  const isOn = factor.data?.enabled ?? false;
  return (
    <Panel
      title="Second factor"
      description="A code of your phone besides the password. Who steals one of them still cannot get in."
      footer={
        factor.data &&
        (isOn ? (
          <>
            <Button onClick={() => setStep({ kind: "renew" })}>New recovery codes</Button>
            <Button tone="quiet-danger" onClick={() => setStep({ kind: "switch-off" })}>
              Switch off
            </Button>
          </>
        ) : (
          <Button tone="primary" onClick={() => setStep({ kind: "set-up" })}>
            Set up
          </Button>
        ))
      }
    >
      {factor.isPending && <SkeletonRows rows={1} className="h-6" />}
      {factor.isError && !factor.data && <ProblemPanel cause={factor.error} onRetry={() => void factor.refetch()} />}
      {factor.data && !isOn && <p className="text-[13.5px] text-ink-2">Off. Your password alone opens your account.</p>}
      {factor.data && isOn && (
        <>
          <p className="flex flex-wrap items-center gap-2 text-[13.5px] text-ink-2">
            <Badge tone="live">On</Badge>
            {factor.data.confirmed_at && (
              <span>
                since <RelativeTime at={factor.data.confirmed_at} />
              </span>
            )}
            <span>· {plural(factor.data.recovery_codes_left, "recovery code")} left</span>
          </p>
          {factor.data.recovery_codes_left < FEW_CODES && (
            <Notice tone="warn" className="mt-3">
              Make new recovery codes before the last one is used.
            </Notice>
          )}
        </>
      )}
      {step?.kind === "set-up" && <SetUpDialog onClose={close} onDone={showCodes("The second factor is on")} />}
      {step?.kind === "renew" && (
        <ProveDialog
          title="New recovery codes"
          description="The old ones stop working."
          actionLabel="Make new codes"
          act={renewRecoveryCodes}
          onDone={({ recovery_codes }) => showCodes("New recovery codes")(recovery_codes)}
          onClose={close}
        />
      )}
      {step?.kind === "switch-off" && (
        <ProveDialog
          title="Switch off the second factor?"
          description="From then on your password alone opens your account. The recovery codes stop working."
          actionLabel="Switch off"
          isDanger
          act={disableSecondFactor}
          onDone={() => {
            close();
            void reread();
            showToast({ tone: "done", text: "The second factor is off" });
          }}
          onClose={close}
        />
      )}
      {step?.kind === "codes" && <RecoveryCodesDialog title={step.title} codes={step.codes} onClose={close} />}
    </Panel>
  );
}
