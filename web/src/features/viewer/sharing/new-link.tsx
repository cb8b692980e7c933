import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";

/** A link that was just made. The server keeps a hash only, so this is the one time that it is seen. */
export function NewLink({ url }: { url: string }) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async () => {
    await navigator.clipboard.writeText(url);
    setCopied(url);
  };
  return (
    <div className="mt-4 flex items-end gap-2 rounded-xl bg-live-soft p-3" role="status">
      <TextField
        label="The new link, shown only now"
        readOnly
        mono
        value={url}
        className="flex-1"
        onFocus={(event) => event.target.select()}
      />
      <Button aria-label={copied === url ? "Copied" : "Copy the link"} onClick={() => void copy().catch(() => undefined)} className="h-10">
        {copied === url ? <Check /> : <Copy />} Copy
      </Button>
    </div>
  );
}
