import type { RecordingPolicy } from "@/api/wire";
import { CheckField, SelectField, TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { DisplayFields } from "./display-fields";
import { envFromLines, envToLines } from "./draft";
import type { FormProps } from "./form-props";
import { fromLines, toLines, whole } from "./lines";
import { LinesField } from "./lines-field";

/** The program or image that a launch starts. */
export function ProgramPanel(props: FormProps) {
  const { draft, errorOf, onChange } = props;
  return (
    <Panel title="What it runs" description="A program of this server, or an image where the runtime has images.">
      <div className="grid gap-4 sm:grid-cols-2">
        <LinesField
          className="sm:col-span-2"
          label="Command"
          rows={3}
          lines={draft.command}
          parse={fromLines}
          print={toLines}
          error={errorOf("command")}
          hint="The program, then one argument per line; spaces stay part of an argument"
          placeholder={"xterm\n-fa\nMonospace"}
          onChange={(command) => onChange({ command })}
        />
        <LinesField
          className="sm:col-span-2"
          label="Environment"
          rows={2}
          lines={draft.env}
          parse={envFromLines}
          print={envToLines}
          error={errorOf("env")}
          hint="One NAME=value per line. Not for secrets: administrators can read it"
          onChange={(env) => onChange({ env })}
        />
        <TextField
          label="Image"
          mono
          value={draft.container_image}
          error={errorOf("container_image")}
          hint="Used by container runtimes only"
          onChange={(event) => onChange({ container_image: event.target.value })}
        />
        <TextField
          label="Port inside the image"
          type="number"
          min={0}
          max={65535}
          value={draft.container_port || ""}
          error={errorOf("container_port")}
          onChange={(event) => onChange({ container_port: whole(event.target.value) })}
        />
        <DisplayFields {...props} />
        <CheckField
          label="Give it a window manager"
          hint="For programs with several windows or dialogs"
          checked={draft.window_manager}
          onChange={(event) => onChange({ window_manager: event.target.checked })}
        />
      </div>
    </Panel>
  );
}

/** Clipboard, recording and the end of a session. */
export function BehaviourPanel({ draft, errorOf, onChange }: FormProps) {
  const { clipboard } = draft;
  return (
    <Panel title="How it behaves">
      <div className="grid gap-4 sm:grid-cols-2">
        <TextField
          label="Ends after minutes without input"
          type="number"
          min={0}
          value={draft.idle_timeout ? Math.round(draft.idle_timeout / 60) : ""}
          error={errorOf("idle_timeout")}
          placeholder="As the server says"
          onChange={(event) => onChange({ idle_timeout: whole(event.target.value) * 60 })}
        />
        <TextField
          label="Kept ready"
          type="number"
          min={0}
          max={20}
          value={draft.warm_pool || ""}
          error={errorOf("warm_pool")}
          placeholder="None"
          hint="So many are started before anybody asks, so that a click opens at once. They use the machine all the time."
          onChange={(event) => onChange({ warm_pool: whole(event.target.value) })}
        />
        <CheckField
          label="People may paste into it"
          checked={clipboard.in}
          onChange={(event) => onChange({ clipboard: { ...clipboard, in: event.target.checked } })}
        />
        <CheckField
          label="People may copy out of it"
          checked={clipboard.out}
          onChange={(event) => onChange({ clipboard: { ...clipboard, out: event.target.checked } })}
        />
        <TextField
          label="Bytes at once into it"
          type="number"
          min={0}
          max={1048576}
          value={clipboard.max_in_bytes || ""}
          error={errorOf("clipboard.max_in_bytes")}
          placeholder="1048576"
          onChange={(event) => onChange({ clipboard: { ...clipboard, max_in_bytes: whole(event.target.value) } })}
        />
        <SelectField
          label="Recording"
          value={draft.recording_policy}
          error={errorOf("recording_policy")}
          onChange={(event) => onChange({ recording_policy: event.target.value as RecordingPolicy })}
        >
          <option value="never">Never</option>
          <option value="on_request">When somebody asks for it</option>
          <option value="always">Always</option>
        </SelectField>
      </div>
    </Panel>
  );
}
