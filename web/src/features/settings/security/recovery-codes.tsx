import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import Download from "lucide-react/icons/download";
import { useState } from "react";
import { Button } from "@/components/ui/button";

const FILE = "sortie-recovery-codes.txt";

/** Codes for the day when the authenticator is lost. They are shown this once. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const [copied, setCopied] = useState(false);
  const text = codes.join("\n");
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const save = () => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([`${text}\n`], { type: "text/plain" }));
    link.download = FILE;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <div>
      <ol aria-label="Recovery codes" className="grid gap-x-6 gap-y-1.5 rounded-xl bg-sunken p-4 font-mono text-[13px] sm:grid-cols-2">
        {codes.map((code) => (
          <li key={code} className="break-all select-all">
            {code}
          </li>
        ))}
      </ol>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button onClick={() => void copy().catch(() => undefined)}>
          {copied ? <Check /> : <Copy />} {copied ? "Copied" : "Copy all"}
        </Button>
        <Button onClick={save}>
          <Download /> Save as a file
        </Button>
      </div>
    </div>
  );
}
