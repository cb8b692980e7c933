import { useMutation } from "@tanstack/react-query";
import Download from "lucide-react/icons/download";
import type { MouseEvent } from "react";
import { auditExportUrl, type AuditFilter } from "@/api/administration";
import { requestFile } from "@/api/client";
import { asProblem } from "@/api/problem";
import { buttonLook } from "@/components/ui/button";
import { saveFile } from "@/lib/save-file";
import { chosenTenant } from "@/lib/tenant";
import { showToast } from "@/lib/toasts";

/**
 * Downloads the complete export. The browser streams it to the disk where it can; of another tenant than
 * one's own it is read here, because a link cannot name the tenant.
 */
export function ExportLink({ filter, format, label }: { filter: AuditFilter; format: "csv" | "jsonl"; label: string }) {
  const url = auditExportUrl(filter, format);
  const read = useMutation({
    mutationFn: () => requestFile(url),
    onSuccess: (content) => saveFile(`audit.${format}`, content),
    onError: (cause) => showToast({ tone: "problem", text: "The export was not made", detail: asProblem(cause).message }),
  });
  const onClick = (event: MouseEvent) => {
    if (chosenTenant() === null) return;
    event.preventDefault();
    if (!read.isPending) read.mutate();
  };
  return (
    <a className={buttonLook()} href={url} download onClick={onClick} aria-busy={read.isPending || undefined}>
      <Download /> {label}
    </a>
  );
}
