import CircleAlert from "lucide-react/icons/circle-alert";
import CircleCheck from "lucide-react/icons/circle-check";
import X from "lucide-react/icons/x";
import { useSyncExternalStore } from "react";
import { currentToasts, dismissToast, subscribeToasts } from "@/lib/toasts";

/** Draws the short messages; screen readers hear them. */
export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToasts, currentToasts);
  return (
    <div
      role="status"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-[max(1rem,env(safe-area-inset-bottom))] z-[70] flex flex-col items-center gap-2 sm:inset-x-auto sm:right-6 sm:items-end"
    >
      {toasts.map((toast) => (
        <div
          key={toast.id}
          className="pointer-events-auto flex w-full max-w-sm animate-rise items-start gap-3 rounded-xl border border-line bg-surface p-3.5 shadow-float"
        >
          {toast.tone === "done" ? (
            <CircleCheck className="mt-0.5 size-4 shrink-0 text-live" />
          ) : (
            <CircleAlert className="mt-0.5 size-4 shrink-0 text-danger" />
          )}
          <div className="min-w-0 flex-1 text-[13.5px]">
            <p className="font-medium">{toast.text}</p>
            {toast.detail && <p className="mt-0.5 text-[13px] text-ink-2">{toast.detail}</p>}
            {toast.action && (
              <button
                type="button"
                className="mt-1.5 text-[13px] font-semibold text-signal hover:underline"
                onClick={() => {
                  toast.action?.perform();
                  dismissToast(toast.id);
                }}
              >
                {toast.action.label}
              </button>
            )}
          </div>
          <button
            type="button"
            aria-label="Dismiss"
            onClick={() => dismissToast(toast.id)}
            className="-m-1 rounded p-1 text-ink-3 hover:text-ink"
          >
            <X className="size-3.5" />
          </button>
        </div>
      ))}
    </div>
  );
}
