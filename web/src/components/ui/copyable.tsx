import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import { useState } from "react";
import { cn } from "@/lib/format";

/** A technical text, such as an id, that one click copies. */
export function Copyable({ text, label, className }: { text: string; label: string; className?: string }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), 1600);
  };
  return (
    <button
      type="button"
      onClick={() => void copy().catch(() => undefined)}
      aria-label={copied ? "Copied" : `Copy ${label} ${text}`}
      title={`Copy ${label}`}
      className={cn(
        "inline-flex max-w-full items-center gap-1.5 rounded-md font-mono text-[12px] text-ink-3 hover:text-ink [&_svg]:size-3 [&_svg]:shrink-0",
        className,
      )}
    >
      <span className="truncate">{text}</span>
      {copied ? <Check className="text-live" /> : <Copy />}
    </button>
  );
}
