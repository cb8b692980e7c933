import type { AppSpec } from "@/api/wire";
import { fromLines } from "./lines";

export type EgressPolicy = NonNullable<AppSpec["egress_policy"]>;
type Rule = EgressPolicy["rules"][number];

/** One rule on a line: the network, then where it matters a port, then a protocol. */
export function rulesToLines(rules: readonly Rule[]): string {
  return rules.map(({ cidr, port, protocol }) => [cidr, ...(port || protocol ? [port] : []), ...(protocol ? [protocol] : [])].join(" ")).join("\n");
}

export function rulesFromLines(text: string): Rule[] {
  return fromLines(text)
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map((line) => {
      const [cidr = "", port = "0", ...protocol] = line.split(/\s+/);
      return { cidr, port: Number(port), protocol: protocol.join(" ").toUpperCase() };
    });
}

/** The first line that breaks a rule; the server knows networks better and says the rest. */
export function wrongLine(rules: readonly Rule[]): string | undefined {
  const at = rules.findIndex(({ cidr, port, protocol }) => !/^[0-9a-f.:]+\/\d{1,3}$/i.test(cidr) || !Number.isInteger(port) || port < 0 || port > 65_535 || !["", "TCP", "UDP"].includes(protocol));
  return at < 0 ? undefined : `Line ${at + 1}: a network such as 10.0.0.0/8, then where it matters a port, then TCP or UDP`;
}

/** What the server says about one of the rules, by its line. */
export function refusedLine(rules: readonly Rule[], errorOf: (field: string) => string | undefined): string | undefined {
  for (const index of rules.keys()) {
    const rule = ["cidr", "port", "protocol"].map((name) => errorOf(`egress_policy.rules[${index}].${name}`)).find(Boolean);
    if (rule) return `Line ${index + 1}: ${rule}`;
  }
  return undefined;
}
