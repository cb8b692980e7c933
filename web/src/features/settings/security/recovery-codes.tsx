import Check from "lucide-react/icons/check";
import Copy from "lucide-react/icons/copy";
import Download from "lucide-react/icons/download";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { saveFile } from "@/lib/save-file";

const FILE = "sortie-recovery-codes.txt";

/** Codes for the day when the authenticator is lost. They are shown this once. */
export function RecoveryCodes({ codes }: { codes: readonly string[] }) {
  const [copied, setCopied] = useState(false);
  const text = codes.join("\n");
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  const save = () => saveFile(FILE, new Blob([`${text}\n`], { type: "text/plain" }));
  return (
    <div>
      <ol aria-label="Recovery codes" className="flex flex-col gap-1 rounded-xl bg-sunken p-4 font-mono text-[13px]">
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
