import { useNow } from "@/hooks/use-now";
import { absolute, relative } from "@/lib/time";

const PACE_MS = 20_000;

/** When, as a person would say it; the exact moment on hover. */
export function RelativeTime({ at, className }: { at: string; className?: string }) {
  const now = useNow(PACE_MS);
  return (
    <time dateTime={at} title={absolute(at)} className={className}>
      {relative(at, now)}
    </time>
  );
}
