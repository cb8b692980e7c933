import Eye from "lucide-react/icons/eye";
import type { ReactNode } from "react";
import type { Session } from "@/api/wire";
import { cn } from "@/lib/format";

/** What somebody must know about who else is here, over the screen; it never takes the pointer. */
export function SharingBanner({ session }: { session: Session }) {
  const note = noteOf(session);
  if (!note) return null;
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 bottom-0 z-10 flex justify-center p-3 pb-[max(0.75rem,env(safe-area-inset-bottom))]">
      <p
        className={cn(
          "flex max-w-full items-center gap-2 rounded-full border px-3.5 py-1.5 text-[12.5px] font-medium shadow-float",
          note.isWarning ? "border-warn/40 bg-warn-soft text-warn" : "border-line bg-surface/95 text-ink-2",
        )}
      >
        <Eye aria-hidden="true" className="size-4 shrink-0" />
        <span className="min-w-0">{note.text}</span>
      </p>
    </div>
  );
}

function noteOf(session: Session): { text: ReactNode; isWarning: boolean } | null {
  const { share_permission, owner_username, can_control, observed, control } = session;
  if (share_permission === "observe") return { text: `You observe the session of ${owner_username}. This is in the audit log.`, isWarning: true };
  if (session.is_shared) {
    const right = can_control ? "You can type and click" : "You only watch";
    return { text: `${right} · session of ${owner_username}`, isWarning: false };
  }
  if (observed) return { text: "An administrator may be watching this session.", isWarning: true };
  if (control.viewer_id !== null) return { text: "Somebody else has control. Take it back under People.", isWarning: false };
  return null;
}
