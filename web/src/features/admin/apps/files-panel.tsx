import type { AppSpec, WorkspaceKind } from "@/api/wire";
import { SelectField, WordField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import type { FormProps } from "./form-props";

type Workspace = NonNullable<AppSpec["workspace"]>;

const NOTHING_SAID: Workspace = { kind: "ephemeral", size: "", storage_class: "" };

/** With this changed; nothing at all where it says no more than every app without it. */
export function withFiles(workspace: Workspace | null, patch: Partial<Workspace>): Workspace | null {
  const next = { ...(workspace ?? NOTHING_SAID), ...patch };
  if (next.kind === "ephemeral") next.storage_class = "";
  return next.kind === "ephemeral" && next.size === "" ? null : next;
}

/** Where the files of a session are, how long they stay, and how much room they have. */
export function FilesPanel({ draft, errorOf, onChange }: FormProps) {
  const files = draft.workspace ?? NOTHING_SAID;
  const say = (patch: Partial<Workspace>) => onChange({ workspace: withFiles(draft.workspace, patch) });
  return (
    <Panel title="Files" description="The folder that people work in. Size and storage class count where the runtime has volumes.">
      <div className="grid gap-4 sm:grid-cols-2">
        <SelectField
          className="sm:col-span-2"
          label="What becomes of them"
          value={files.kind}
          error={errorOf("workspace.kind") ?? errorOf("workspace")}
          hint={HINTS[files.kind]}
          onChange={(event) => say({ kind: event.target.value as WorkspaceKind })}
        >
          <option value="ephemeral">Gone when the session ends</option>
          <option value="volume">Gone when the session ends, on a volume of their own</option>
          <option value="persistent">Kept for each person</option>
        </SelectField>
        <WordField label="Size" placeholder="As the server says" value={files.size} error={errorOf("workspace.size")} hint="Such as 500Mi or 5Gi" onWord={(size) => say({ size })} />
        {files.kind !== "ephemeral" && (
          <WordField
            label="Storage class"
            placeholder="As the server says"
            value={files.storage_class}
            error={errorOf("workspace.storage_class")}
            hint="One that the cluster has"
            onWord={(storage_class) => say({ storage_class })}
          />
        )}
      </div>
    </Panel>
  );
}

const HINTS = {
  ephemeral: "Each session begins with an empty folder, beside the app itself.",
  volume: "Each session begins with an empty folder on a volume that is made and removed with it: for more room than its machine has to spare.",
  persistent: "Each person finds their files again. One session at a time holds them; the next one waits.",
} as const satisfies Record<WorkspaceKind, string>;
