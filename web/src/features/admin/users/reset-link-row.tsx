import { useMutation } from "@tanstack/react-query";
import { createResetLink } from "@/api/administration";
import type { Account } from "@/api/wire";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/relative-time";
import { ShownOnce } from "@/components/ui/shown-once";

/** A link with which the person sets a new password, so that nobody else ever knows it. */
export function ResetLinkRow({ account }: { account: Account }) {
  const make = useMutation({ mutationFn: () => createResetLink(account.id) });
  if (account.auth_provider === "oidc") {
    return (
      <div className="pb-4">
        <p className="text-[13.5px] font-medium">Signs in with single sign-on</p>
        <p className="mt-0.5 text-[12.5px] text-ink-3">The password is kept and changed there.</p>
      </div>
    );
  }
  return (
    <div className="pb-4">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-3">
        <div className="min-w-0 flex-1 basis-60">
          <p className="text-[13.5px] font-medium">Forgotten password</p>
          <p className="mt-0.5 text-[12.5px] text-ink-3">A link that works once. Pass it on where only they read it.</p>
        </div>
        <Button busy={make.isPending} onClick={() => make.mutate()}>
          Make a reset link
        </Button>
      </div>
      {make.error && <ProblemNotice cause={make.error} className="mt-3" />}
      {make.data && (
        <>
          <ShownOnce label="The link, shown only now" copyLabel="Copy the reset link" text={make.data.url} className="mt-3" />
          <p className="mt-1.5 text-[12.5px] text-ink-3">
            It ends <RelativeTime at={make.data.expires_at} />, and as soon as the password changes.
          </p>
        </>
      )}
    </div>
  );
}
