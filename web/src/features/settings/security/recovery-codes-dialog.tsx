import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { CheckField } from "@/components/ui/field";
import { RecoveryCodes } from "./recovery-codes";

/** The end of every way that makes recovery codes: it closes once they are kept. */
export function RecoveryCodesDialog({ title, codes, onClose }: { title: string; codes: readonly string[]; onClose: () => void }) {
  const [isKept, setIsKept] = useState(false);
  const [isHasty, setIsHasty] = useState(false);
  return (
    <Dialog
      open
      onClose={() => (isKept ? onClose() : setIsHasty(true))}
      title={title}
      description="With one of these you get in when your authenticator is lost. Each works once. Keep them where your password manager or your safe is; they are shown only now."
      footer={
        <Button tone="primary" disabled={!isKept} onClick={onClose}>
          Done
        </Button>
      }
    >
      <RecoveryCodes codes={codes} />
      <div className="mt-4">
        <CheckField label="I have kept them" danger={isHasty && !isKept} hint={isHasty && !isKept ? "Do that first: they cannot be shown again." : undefined} checked={isKept} onChange={(event) => setIsKept(event.target.checked)} />
      </div>
    </Dialog>
  );
}
