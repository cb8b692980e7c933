import MonitorSmartphone from "lucide-react/icons/monitor-smartphone";
import Terminal from "lucide-react/icons/terminal";
import type { SignIn } from "@/api/wire-accounts";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/relative-time";
import { deviceName } from "@/lib/user-agent";

interface SignInListProps {
  signIns: readonly SignIn[];
  /** The one that is being ended. */
  endingId?: string | undefined;
  /** Offers to end each one but the current. */
  onEnd?: (signIn: SignIn) => void;
}

/** Where an account is signed in. */
export function SignInList({ signIns, endingId, onEnd }: SignInListProps) {
  return (
    <ul className="divide-y divide-line">
      {signIns.map((signIn) => {
        const name = deviceName(signIn.user_agent);
        const Icon = signIn.client === "browser" ? MonitorSmartphone : Terminal;
        return (
          <li key={signIn.id} className="flex items-center gap-3.5 py-3 first:pt-0 last:pb-0">
            <Icon className="size-5 shrink-0 text-ink-3" aria-hidden="true" />
            <div className="min-w-0 flex-1">
              <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-[13.5px] font-medium" title={signIn.user_agent}>
                {name}
                {signIn.current && <Badge tone="live">This one</Badge>}
              </p>
              <p className="text-[12.5px] text-ink-3">
                {signIn.source_ip && <>{signIn.source_ip} · </>}
                used <RelativeTime at={signIn.last_used_at} /> · since <RelativeTime at={signIn.created_at} />
              </p>
            </div>
            {onEnd && !signIn.current && (
              <Button size="small" aria-label={`End the sign-in with ${name}`} busy={endingId === signIn.id} onClick={() => onEnd(signIn)}>
                End
              </Button>
            )}
          </li>
        );
      })}
    </ul>
  );
}
