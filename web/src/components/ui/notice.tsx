import CircleAlert from "lucide-react/icons/circle-alert";
import Info from "lucide-react/icons/info";
import TriangleAlert from "lucide-react/icons/triangle-alert";
import type { ReactNode } from "react";
import { cn } from "@/lib/format";

const LOOKS = {
  info: { box: "bg-sunken text-ink-2", icon: Info },
  warn: { box: "bg-warn-soft text-warn", icon: TriangleAlert },
  danger: { box: "bg-danger-soft text-danger", icon: CircleAlert },
} as const;

/** A sentence in the page that must be seen. `live` also tells it to screen readers. */
export function Notice({ tone, children, live = false, className }: { tone: keyof typeof LOOKS; children: ReactNode; live?: boolean; className?: string }) {
  const { box, icon: Icon } = LOOKS[tone];
  return (
    <div role={live ? "alert" : undefined} className={cn("flex gap-2.5 rounded-lg px-3.5 py-2.5 text-[13px] leading-relaxed", box, className)}>
      <Icon aria-hidden="true" className="mt-[3px] size-4 shrink-0" />
      <div className="min-w-0 flex-1">{children}</div>
    </div>
  );
}
