import * as Popover from "@radix-ui/react-popover";
import type { ReactNode } from "react";
import type { Edge } from "../bar-place";
import { BAR_BUTTON } from "./bar-look";

const OPPOSITE = { top: "bottom", bottom: "top", left: "right", right: "left" } as const satisfies Record<Edge, Edge>;

interface BarPopoverProps {
  label: string;
  icon: ReactNode;
  edge: Edge;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
}

/** A button of the bar that opens something beside it. */
export function BarPopover({ label, icon, edge, onOpenChange, children }: BarPopoverProps) {
  return (
    <Popover.Root onOpenChange={onOpenChange}>
      <Popover.Trigger aria-label={label} title={label} className={BAR_BUTTON}>
        {icon}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side={OPPOSITE[edge]}
          align="center"
          sideOffset={10}
          collisionPadding={10}
          aria-label={label}
          className="z-40 w-[min(19rem,calc(100vw-1.25rem))] animate-rise rounded-xl border border-line bg-surface p-4 shadow-float outline-none"
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
