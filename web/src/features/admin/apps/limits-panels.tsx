import { CheckField, WordField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { EgressFields } from "./egress-fields";
import type { FormProps } from "./form-props";

const QUANTITIES = [
  ["cpu_request", "CPU at least", "500m"],
  ["cpu_limit", "CPU at most", "2"],
  ["memory_request", "Memory at least", "512Mi"],
  ["memory_limit", "Memory at most", "2Gi"],
] as const;

/** How much of the machine the app may use. */
export function LimitsPanel({ draft, errorOf, onChange }: FormProps) {
  return (
    <Panel title="Limits" description="Empty ones follow the server's defaults.">
      <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
        {QUANTITIES.map(([name, label, example]) => (
          <WordField
            key={name}
            label={label}
            placeholder={example}
            value={draft.resource_limits[name]}
            error={errorOf(`resource_limits.${name}`)}
            onWord={(amount) => onChange({ resource_limits: { ...draft.resource_limits, [name]: amount } })}
          />
        ))}
      </div>
    </Panel>
  );
}

/** What lets the app out of its sandbox, shown as dangerous as it is. */
export function ContainmentPanel(props: FormProps) {
  const { draft, errorOf, onChange } = props;
  const isHost = draft.network === "host";
  return (
    <Panel title="Containment" description="What the program may reach beyond its own screen and files.">
      <div className="flex flex-col gap-4">
        <EgressFields {...props} />
        <CheckField
          label="Use the server's own network"
          danger={isHost}
          hint={
            errorOf("network") ??
            (isHost
              ? "The program reaches everything that this server reaches, its local services too. Allow it for trusted people only."
              : "Without it the program has no network, or in a cluster what is said above")
          }
          checked={isHost}
          onChange={(event) => onChange({ network: event.target.checked ? "host" : "none" })}
        />
        <CheckField
          label="Run as root inside its container"
          danger={draft.run_as_root}
          hint={errorOf("run_as_root") ?? (draft.run_as_root ? "A flaw in the container then weighs more. The local runtime refuses it." : "Only for images that demand it")}
          checked={draft.run_as_root}
          onChange={(event) => onChange({ run_as_root: event.target.checked })}
        />
      </div>
    </Panel>
  );
}
