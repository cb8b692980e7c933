import { vi } from "vitest";

export interface StubbedCall {
  method: string;
  path: string;
  body: unknown;
}

/** A body, a refusal, or what makes one of them of a call. */
export type Answer = object | null | ((call: StubbedCall) => object | null);

/** An answer that is not 200, as a problem document. */
export class Refused {
  readonly status: number;
  readonly problem: Record<string, unknown>;
  readonly headers: Record<string, string>;
  constructor(status: number, problem: Record<string, unknown>, headers: Record<string, string> = {}) {
    this.status = status;
    this.problem = problem;
    this.headers = headers;
  }
}

/** Answers `fetch` from a table of "METHOD /path"; what is not in it is 404. Answers the calls made. */
export function stubApi(table: Record<string, Answer>): StubbedCall[] {
  const calls: StubbedCall[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit = {}) => {
    const method = init.method ?? "GET";
    const body: unknown = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    const call = { method, path, body };
    calls.push(call);
    const found = table[`${method} ${path}`] ?? table[`${method} ${path.replace(/\?.*/, "")}`];
    const answer = typeof found === "function" ? (found as (call: StubbedCall) => object | null)(call) : found;
    if (answer instanceof Refused) {
      return Promise.resolve(Response.json(answer.problem, { status: answer.status, headers: answer.headers }));
    }
    if (answer === undefined) return Promise.resolve(Response.json({ title: "Nothing there", code: "not_found" }, { status: 404 }));
    return Promise.resolve(Response.json(answer));
  });
  return calls;
}
