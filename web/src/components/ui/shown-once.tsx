import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { useState } from "react";
import { cn } from "@/lib/format";
import { Button } from "./button";
import { TextField } from "./field";

interface ShownOnceProps {
  label: string;
  copyLabel: string;
  text: string;
  className?: string;
}

/** A secret that was just made. The server keeps a hash only, so this is the one time that it is seen. */
export function ShownOnce({ label, copyLabel, text, className }: ShownOnceProps) {
  const [copied, setCopied] = useState<string | null>(null);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(text);
  };
  return (
    <div className={cn("flex items-end gap-2 rounded-xl bg-live-soft p-3", className)} role="status">
      <TextField label={label} readOnly mono value={text} className="flex-1" onFocus={(event) => event.target.select()} />
      <Button aria-label={copied === text ? "Copied" : copyLabel} onClick={() => void copy().catch(() => undefined)} className="h-10">
        {copied === text ? <Check /> : <Copy />} Copy
      </Button>
    </div>
  );
}
