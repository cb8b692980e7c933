import type { ProblemCode } from "./codes.gen";

export interface FieldError {
  field: string;
  rule: string;
}

/** A refusal as the server told it (RFC 9457), or a network failure in the same form. */
export class Problem extends Error {
  override readonly name = "Problem";
  readonly status: number;
  readonly code: string;
  readonly title: string;
  readonly requestId: string | null;
  readonly errors: FieldError[];
  /** Seconds to wait before another try, where the server said so. */
  readonly retryAfter: number | null;

  constructor(facts: {
    status: number;
    code: string;
    title: string;
    detail: string;
    requestId?: string | null;
    errors?: FieldError[];
    retryAfter?: number | null;
  }) {
    super(facts.detail || facts.title);
    this.status = facts.status;
    this.code = facts.code;
    this.title = facts.title;
    this.requestId = facts.requestId ?? null;
    this.errors = facts.errors ?? [];
    this.retryAfter = facts.retryAfter ?? null;
  }

  /** Whether the server refused with this code. */
  is(code: ProblemCode): boolean {
    return this.code === code;
  }

  /** The sentence about one field of a form, or undefined. Nested fields match by their whole path. */
  forField(field: string): string | undefined {
    return this.errors.find((error) => error.field === field)?.rule;
  }
}

/** Whatever was thrown, as a problem that can be shown. */
export function asProblem(cause: unknown): Problem {
  if (cause instanceof Problem) return cause;
  return new Problem({
    status: 0,
    code: "unexpected",
    title: "Something went wrong in this page",
    detail: cause instanceof Error ? cause.message : String(cause),
  });
}

interface ProblemBody {
  title?: unknown;
  detail?: unknown;
  code?: unknown;
  request_id?: unknown;
  errors?: unknown;
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    if (typeof entry !== "object" || entry === null) return [];
    const { field, rule } = entry as { field?: unknown; rule?: unknown };
    return typeof field === "string" && typeof rule === "string" ? [{ field, rule }] : [];
  });
}

/** Reads the refusal out of an answer; answers that are no problem document keep their status. */
export async function readProblem(response: Response): Promise<Problem> {
  let body: ProblemBody = {};
  try {
    const parsed: unknown = await response.json();
    if (typeof parsed === "object" && parsed !== null) body = parsed;
  } catch {
    // Not JSON: a gateway in between answered. Its status is all there is to say.
  }
  const retryAfter = Number(response.headers.get("retry-after"));
  return new Problem({
    status: response.status,
    code: text(body.code) || `http_${response.status}`,
    title: text(body.title) || `The server answered ${response.status}`,
    detail: text(body.detail),
    requestId: text(body.request_id) || response.headers.get("x-request-id"),
    errors: fieldErrors(body.errors),
    retryAfter: Number.isFinite(retryAfter) && retryAfter > 0 ? retryAfter : null,
  });
}
