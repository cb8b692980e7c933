import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import type { Change } from "./draft";

interface ChangesDialogProps {
  open: boolean;
  changes: readonly Change[];
  busy: boolean;
  onClose: () => void;
  onSave: () => void;
}

/** What is about to change, old and new, before it does. */
export function ChangesDialog({ open, changes, busy, onClose, onSave }: ChangesDialogProps) {
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Save these changes?"
      footer={
        <>
          <Button onClick={onClose}>Keep editing</Button>
          <Button tone="primary" busy={busy} onClick={onSave}>
            Save
          </Button>
        </>
      }
    >
      <ul className="flex max-h-[50dvh] flex-col gap-3 overflow-y-auto">
        {changes.map(({ field, before, after }) => (
          <li key={field} className="rounded-lg bg-sunken p-3 text-[12.5px]">
            <p className="font-medium">{field}</p>
            <p className="mt-1 font-mono break-all text-danger">
              <span className="sr-only">Before: </span>− {before || "(empty)"}
            </p>
            <p className="font-mono break-all text-live">
              <span className="sr-only">After: </span>+ {after || "(empty)"}
            </p>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
