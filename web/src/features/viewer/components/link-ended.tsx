import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { Link as RouterLink } from "react-router";
import { meQuery } from "@/api/auth";
import { Button, buttonLook } from "@/components/ui/button";
import type { EndCause } from "../close-codes";

const WORDS = {
  session: { title: "The screen was closed", text: "The app ended, or somebody stopped it." },
  signed_out: { title: "You are signed out", text: "Sign in again to come back. The app keeps running." },
  forbidden: { title: "You may not see this screen any more", text: "An administrator may have changed your rights. The app keeps running." },
  unknown_session: { title: "This session is gone", text: "The server does not know it any more." },
  cut: { title: "You were disconnected by the owner", text: "The app keeps running for them. Ask them if you should come back." },
  refused: { title: "The screen cannot be shown here", text: "The server refused this connection." },
} as const satisfies Record<EndCause, { title: string; text: string }>;

interface LinkEndedProps {
  because: EndCause;
  reason: string;
  /** Asks the session what became of it. */
  onCheck: () => void;
}

/** The stream is over for good; the session itself may have more to say. */
export function LinkEnded({ because, reason, onCheck }: LinkEndedProps) {
  const client = useQueryClient();
  useEffect(() => {
    if (because === "signed_out") void client.invalidateQueries({ queryKey: meQuery.queryKey });
    else onCheck();
    // Once per cause: what the check answers replaces this component.
  }, [because, client, onCheck]);
  const { title, text } = WORDS[because];
  return (
    <div className="absolute inset-0 z-10 grid place-items-center p-5">
      <div role="status" className="w-full max-w-sm rounded-2xl border border-line bg-surface p-6 text-center shadow-float">
        <h1 className="text-base font-semibold">{title}</h1>
        <p className="mt-1 text-sm text-ink-2">{reason || text}</p>
        <div className="mt-5 flex justify-center gap-2">
          <RouterLink to="/" className={buttonLook()}>
            Go to the catalog
          </RouterLink>
          <Button tone="primary" onClick={() => window.location.reload()}>
            Connect again
          </Button>
        </div>
      </div>
    </div>
  );
}
