import { useEffect, useRef } from "react";
import { Link as RouterLink } from "react-router";
import { Button, buttonLook } from "@/components/ui/button";
import { useNow } from "@/hooks/use-now";
import type { Link } from "../reconnect";

interface WaitingOverlayProps {
  link: Extract<Link, { kind: "waiting" | "connecting" }>;
  onRetry: () => void;
}

/** The last picture, dimmed, while there is no connection. */
export function LastFrame({ frame }: { frame: HTMLCanvasElement }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.replaceChildren(frame);
  }, [frame]);
  return <div ref={place} aria-hidden="true" className="absolute inset-0 grid place-items-center opacity-35 saturate-50 *:max-h-full *:max-w-full *:object-contain" />;
}

/** Why the picture stands still, and when it will move again. */
export function WaitingOverlay({ link, onRetry }: WaitingOverlayProps) {
  const now = useNow(200);
  const seconds = link.kind === "waiting" ? Math.max(0, Math.ceil((link.until - now) / 1000)) : 0;
  return (
    <div className="absolute inset-0 z-10 grid animate-fade place-items-center p-5">
      <div role="status" className="w-full max-w-xs rounded-2xl border border-line bg-surface p-5 text-center shadow-float">
        <h1 className="text-[15px] font-semibold">{link.kind === "waiting" ? link.because : "Reconnecting…"}</h1>
        <p className="mt-1 text-[13px] text-ink-2">
          Your app keeps running.{" "}
          {link.kind === "waiting" && (
            <span className="tabular-nums">{seconds > 0 ? `Trying again in ${seconds} s.` : "Trying again now."}</span>
          )}
        </p>
        {link.kind === "waiting" && (
          <div className="mt-4 flex justify-center gap-2">
            <RouterLink to="/" className={buttonLook("quiet", "small")}>
              Catalog
            </RouterLink>
            <Button tone="primary" size="small" onClick={onRetry}>
              Try now
            </Button>
          </div>
        )}
      </div>
    </div>
  );
}
