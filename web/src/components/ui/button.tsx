import type { ButtonHTMLAttributes, ReactNode } from "react";
import { cn } from "@/lib/format";

type Tone = "primary" | "plain" | "quiet" | "quiet-danger" | "danger";
type Size = "small" | "medium" | "large" | "icon";

const TONES = {
  primary: "bg-primary text-on-primary hover:bg-primary-hover",
  plain: "border border-line-strong bg-surface text-ink hover:bg-hover",
  quiet: "text-ink-2 hover:bg-hover hover:text-ink",
  "quiet-danger": "text-danger hover:bg-danger-soft",
  danger: "bg-danger-strong text-on-danger hover:brightness-110",
} as const satisfies Record<Tone, string>;

const SIZES = {
  small: "h-8 px-3 text-[13px]",
  medium: "h-9 px-3.5 text-sm",
  large: "h-11 px-5 text-[15px]",
  icon: "size-9 touch:size-11",
} as const satisfies Record<Size, string>;

/** The look of a button, for links that should look like one. */
export function buttonLook(tone: Tone = "plain", size: Size = "medium"): string {
  return cn(
    "inline-flex shrink-0 items-center justify-center gap-2 rounded-lg font-medium whitespace-nowrap select-none",
    "transition-[background-color,color,filter,opacity] duration-150 active:opacity-80",
    "disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0",
    TONES[tone],
    SIZES[size],
  );
}

interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: Tone;
  size?: Size;
  /** Shows that the action is under way and refuses another click. */
  busy?: boolean;
  children: ReactNode;
}

export function Button({ tone = "plain", size = "medium", busy = false, className, children, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      disabled={rest.disabled === true || busy}
      aria-busy={busy || undefined}
      className={cn(buttonLook(tone, size), busy && "cursor-progress", className)}
    >
      {children}
    </button>
  );
}
