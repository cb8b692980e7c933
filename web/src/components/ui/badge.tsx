import type { ReactNode } from "react";
import { cn } from "@/lib/format";

const TONES = {
  neutral: "bg-sunken text-ink-2",
  live: "bg-live-soft text-live",
  warn: "bg-warn-soft text-warn",
  danger: "bg-danger-soft text-danger",
  signal: "bg-signal-soft text-signal",
} as const;

export type BadgeTone = keyof typeof TONES;

export function Badge({ tone = "neutral", children, className }: { tone?: BadgeTone; children: ReactNode; className?: string }) {
  return (
    <span
      className={cn(
        "inline-flex h-[22px] items-center gap-1.5 rounded-md px-2 text-[12px] font-medium whitespace-nowrap [&_svg]:size-3",
        TONES[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}

/** The dot of something that is alive. */
export function LiveDot({ still = false }: { still?: boolean }) {
  return <span aria-hidden="true" className={cn("inline-block size-2 rounded-full bg-live-dot", !still && "animate-breathe")} />;
}
