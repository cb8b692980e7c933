import { plural } from "./format";

const BINARY: Readonly<Record<string, string>> = { Ki: "KiB", Mi: "MiB", Gi: "GiB", Ti: "TiB" };

/** `1500m` as `1.5 CPUs`; what is written in another way is shown as it is. */
export function cpuText(quantity: string): string {
  if (quantity === "") return "any number of CPUs";
  const [, digits, milli] = /^(\d+(?:\.\d+)?)(m?)$/.exec(quantity) ?? [];
  if (digits === undefined) return `${quantity} CPU`;
  return plural(milli ? Number(digits) / 1000 : Number(digits), "CPU", "CPUs");
}

/** `2Gi` as `2 GiB of memory`. */
export function memoryText(quantity: string): string {
  if (quantity === "") return "any amount of memory";
  const [, digits, unit] = /^(\d+)(Ki|Mi|Gi|Ti)$/.exec(quantity) ?? [];
  return `${digits && unit ? `${digits} ${BINARY[unit] ?? unit}` : quantity} of memory`;
}
