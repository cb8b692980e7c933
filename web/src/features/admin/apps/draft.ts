import type { App, AppSpec } from "@/api/wire";
import { wrongLine } from "./egress-rules";
import { fromLines } from "./lines";

/** A new app: a desktop program on this server, contained, visible to everybody. */
export const EMPTY_APP: AppSpec = {
  id: "",
  name: "",
  description: "",
  url: "",
  icon: "",
  category: "",
  visibility: "public",
  launch_type: "container",
  os_type: "linux",
  container_image: "",
  container_port: 0,
  container_args: [],
  command: [],
  env: [],
  network: "none",
  window_manager: true,
  resource_limits: { cpu_request: "", cpu_limit: "", memory_request: "", memory_limit: "" },
  egress_policy: null,
  display: null,
  workspace: null,
  clipboard: { in: true, out: true, max_in_bytes: 0 },
  recording_policy: "never",
  discoverable: false,
  run_as_root: false,
  warm_pool: 0,
  idle_timeout: 0,
};

/** What may be written of an app that was read. */
export function specOf(app: App): AppSpec {
  const keys = Object.keys(EMPTY_APP) as (keyof AppSpec)[];
  return Object.fromEntries(keys.map((key) => [key, app[key]])) as unknown as AppSpec;
}

/** An id made of a name: lower case, words joined by hyphens. */
export function slug(name: string): string {
  return name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 63);
}

export function envToLines(env: AppSpec["env"]): string {
  return env.map(({ name, value }) => `${name}=${value}`).join("\n");
}

export function envFromLines(text: string): AppSpec["env"] {
  return fromLines(text).map((line) => {
    const at = line.indexOf("=");
    return at < 0 ? { name: line, value: "" } : { name: line.slice(0, at), value: line.slice(at + 1) };
  });
}

const QUANTITY = /^\d+(?:\.\d+)?(?:m|[KMGT]i?)?$/;

const BYTES = /^\d+(?:\.\d+)?(?:[KMGT]i?)?$/;
const CLASS = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;

/** Errors that can be told without asking the server, by field; it checks all of this again. Who may not say what runs is not asked for it. */
export function check(draft: AppSpec, mayConfigure: boolean): Record<string, string> {
  const errors: Record<string, string> = {};
  if (draft.name.trim() === "") errors["name"] = "An app needs a name";
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(draft.id)) {
    errors["id"] = "Lower-case letters, digits and hyphens, at most 63, no hyphen at the ends";
  }
  if (draft.launch_type === "url" && !/^https?:\/\/\S+$/.test(draft.url)) {
    errors["url"] = "An address that begins with https:// or http://";
  }
  if (draft.launch_type === "url" || !mayConfigure) return errors;
  if (draft.command.length === 0 && draft.container_image === "") {
    errors["command"] = "A command to run, or an image below";
  }
  for (const [name, value] of Object.entries(draft.resource_limits)) {
    if (value !== "" && !QUANTITY.test(value)) errors[`resource_limits.${name}`] = "A quantity such as 500m, 2, 512Mi or 2Gi";
  }
  const line = draft.egress_policy && wrongLine(draft.egress_policy.rules);
  if (line) errors["egress_policy.rules"] = line;
  const { size = "", storage_class = "" } = draft.workspace ?? {};
  if (size !== "" && !(BYTES.test(size) && Number.parseFloat(size) > 0)) errors["workspace.size"] = "Bytes such as 500Mi or 5Gi";
  if (storage_class !== "" && !CLASS.test(storage_class)) errors["workspace.storage_class"] = "Lower-case letters, digits, hyphens and dots";
  return errors;
}

export interface Change {
  field: string;
  before: string;
  after: string;
}

function flat(value: unknown, path: string, into: Map<string, string>): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [name, inner] of Object.entries(value)) flat(inner, path ? `${path}.${name}` : name, into);
    return;
  }
  into.set(path, typeof value === "string" ? value : value === null ? "" : JSON.stringify(value));
}

/** The fields that differ, as texts, for a look before saving. */
export function changes(before: AppSpec, after: AppSpec): Change[] {
  const [old, now] = [new Map<string, string>(), new Map<string, string>()];
  flat(before, "", old);
  flat(after, "", now);
  return [...new Set([...old.keys(), ...now.keys()])]
    .map((field) => ({ field, before: old.get(field) ?? "", after: now.get(field) ?? "" }))
    .filter((change) => change.before !== change.after);
}
