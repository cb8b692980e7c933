import * as Radix from "@radix-ui/react-dialog";
import X from "lucide-react/icons/x";
import type { ReactNode } from "react";
import { buttonLook } from "./button";

interface DialogProps {
  open: boolean;
  onClose: () => void;
  title: string;
  description?: ReactNode;
  children?: ReactNode;
  /** Buttons, the main one last. */
  footer?: ReactNode;
}

/** A window over the page; focus and Escape are Radix's. On a phone it rises from the bottom. */
export function Dialog({ open, onClose, title, description, children, footer }: DialogProps) {
  return (
    <Radix.Root open={open} onOpenChange={(next) => next || onClose()}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 animate-fade bg-scrim" />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className="fixed inset-x-0 bottom-0 z-50 flex max-h-[88dvh] animate-rise flex-col rounded-t-2xl border border-line bg-surface shadow-float outline-none sm:inset-x-auto sm:top-[18vh] sm:bottom-auto sm:left-1/2 sm:w-[min(30rem,calc(100vw-2rem))] sm:-translate-x-1/2 sm:rounded-2xl"
        >
          <div className="flex items-start gap-4 px-5 pt-5">
            <div className="flex-1">
              <Radix.Title className="text-base font-semibold">{title}</Radix.Title>
              {description && (
                <Radix.Description asChild>
                  <div className="mt-1.5 text-sm text-ink-2">{description}</div>
                </Radix.Description>
              )}
            </div>
            <Radix.Close aria-label="Close" className={`${buttonLook("quiet", "icon")} -mt-1.5 -mr-2`}>
              <X />
            </Radix.Close>
          </div>
          {children && <div className="overflow-y-auto px-5 pt-4">{children}</div>}
          <div className="flex flex-wrap justify-end gap-2 p-5 pb-[max(1.25rem,env(safe-area-inset-bottom))]">{footer}</div>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
