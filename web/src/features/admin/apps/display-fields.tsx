import type { AppSpec } from "@/api/wire";
import { SelectField, TextField, WordField } from "@/components/ui/field";
import type { FormProps } from "./form-props";
import { whole } from "./lines";

type Display = NonNullable<AppSpec["display"]>;

/** Where each way to show a screen usually answers. */
const USUAL: Record<Display["protocol"], Display> = {
  vnc: { protocol: "vnc", port: 5900, path: "" },
  websocket: { protocol: "websocket", port: 6080, path: "/websockify" },
};

/** How an image with a screen of its own shows it; most have none, and get one beside them. */
export function DisplayFields({ draft, errorOf, onChange }: FormProps) {
  const display = draft.display;
  const say = (patch: Partial<Display>) => display && onChange({ display: { ...display, ...patch } });
  return (
    <div className="grid gap-4 sm:col-span-2 sm:grid-cols-2">
      <SelectField
        className="sm:col-span-2"
        label="Screen"
        value={display?.protocol ?? ""}
        error={errorOf("display") ?? errorOf("display.protocol")}
        hint="An image that brings a VNC server or websockify says so here. For container runtimes."
        onChange={(event) => onChange({ display: event.target.value === "" ? null : USUAL[event.target.value as Display["protocol"]] })}
      >
        <option value="">One beside the app</option>
        <option value="vnc">The image's own, over VNC</option>
        <option value="websocket">The image's own, over WebSocket</option>
      </SelectField>
      {display && <TextField label="Port of the screen" type="number" min={1} max={65535} value={display.port || ""} error={errorOf("display.port")} onChange={(event) => say({ port: whole(event.target.value) })} />}
      {display?.protocol === "websocket" && <WordField label="Path of the screen" value={display.path} error={errorOf("display.path")} placeholder="/websockify" onWord={(path) => say({ path })} />}
    </div>
  );
}
