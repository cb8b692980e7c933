import { chooseTenant, chosenTenant } from "@/lib/tenant";
import { Problem, readProblem } from "./problem";

export interface Page<T> {
  items: T[];
  /** Path of the next page, or null on the last one. */
  next: string | null;
}

interface Call {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

let onSignedOut: () => void = () => undefined;

/** Registers what happens when any call learns that nobody is signed in any more. */
export function whenSignedOut(listener: () => void): void {
  onSignedOut = listener;
}

/** Names the tenant whose lists are meant, and in which new things are made; the own one needs no name. */
function tenantHeader(tenant: string | null): Record<string, string> {
  return tenant === null ? {} : { "x-tenant-id": tenant };
}

async function send(path: string, call: Call): Promise<Response> {
  const tenant = chosenTenant();
  const init: RequestInit = {
    method: call.method ?? "GET",
    credentials: "same-origin",
    headers: {
      accept: "application/json",
      ...(call.body === undefined ? {} : { "content-type": "application/json" }),
      ...tenantHeader(tenant),
      ...call.headers,
    },
  };
  if (call.body !== undefined) init.body = JSON.stringify(call.body);
  if (call.signal) init.signal = call.signal;

  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (cause) {
    if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
    throw new Problem({
      status: 0,
      code: "unreachable",
      title: "The server cannot be reached",
      detail: "Nothing was changed. Check your connection, then try again.",
    });
  }
  if (response.ok) return response;
  const problem = await readProblem(response);
  if (problem.code === "unknown_tenant" && tenant !== null) {
    // The membership ended meanwhile, or somebody else has signed in: back to one's own. Of several requests that were on
    // their way together, another one may have gone back already.
    if (chosenTenant() === tenant) chooseTenant(null);
    return send(path, call);
  }
  // Other refusals with 401, such as a wrong code, leave the sign-in as it is.
  if (problem.code === "not_signed_in" && !path.startsWith("/api/auth/")) onSignedOut();
  throw problem;
}

/** Calls the API and answers the body; throws a `Problem`. */
export async function request<T>(path: string, call: Call = {}): Promise<T> {
  const response = await send(path, call);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

/** Reads a file, of the tenant that one works in: a link could not name it. */
export async function requestFile(path: string): Promise<Blob> {
  return (await send(path, { headers: { accept: "*/*" } })).blob();
}

/** Reads one page of a list, with the way to the next one from the `Link` header. */
export async function requestPage<T>(path: string, call: Call = {}): Promise<Page<T>> {
  const response = await send(path, call);
  return { items: (await response.json()) as T[], next: nextPage(response.headers.get("link")) };
}

/** The target of `rel="next"` as a path on this server. */
export function nextPage(link: string | null): string | null {
  const target = link?.match(/<([^>]+)>\s*;[^,]*\brel="?next"?/)?.[1];
  if (!target) return null;
  const url = new URL(target, window.location.origin);
  return url.pathname + url.search;
}

/** A query string of the values that are present; empty ones are left out. */
export function query(values: Record<string, string | number | undefined>): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text ? `?${text}` : "";
}
