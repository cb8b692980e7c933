import { SelectField } from "@/components/ui/field";
import { refusedLine, rulesFromLines, rulesToLines, type EgressPolicy } from "./egress-rules";
import type { FormProps } from "./form-props";
import { LinesField } from "./lines-field";

/** Which addresses an app may reach where the runtime can hold it to that. */
export function EgressFields({ draft, errorOf, onChange }: FormProps) {
  const policy = draft.egress_policy;
  const say = (mode: string) => onChange({ egress_policy: mode === "" ? null : { mode: mode as EgressPolicy["mode"], rules: policy?.rules ?? [] } });
  return (
    <div className="grid gap-4">
      <SelectField
        label="Addresses that it may reach"
        value={policy?.mode ?? ""}
        error={errorOf("egress_policy") ?? errorOf("egress_policy.mode")}
        hint="In a cluster. On one machine a program has no network, or the server's own."
        onChange={(event) => say(event.target.value)}
      >
        <option value="">As the cluster says</option>
        <option value="allowlist">Only these</option>
        <option value="denylist">All but these</option>
      </SelectField>
      {policy && (
        <LinesField
          className=""
          label="Addresses"
          rows={3}
          lines={policy.rules}
          parse={rulesFromLines}
          print={rulesToLines}
          error={errorOf("egress_policy.rules") ?? refusedLine(policy.rules, errorOf)}
          hint="One network per line, then where it matters a port, then TCP or UDP"
          placeholder={"10.20.0.0/16 443 TCP\n2001:db8::/32"}
          onChange={(rules) => onChange({ egress_policy: { ...policy, rules } })}
        />
      )}
    </div>
  );
}
