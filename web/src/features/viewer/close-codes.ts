/** What the page does when the stream closes with a code of the server. */
export type AfterClose =
  | { kind: "retry"; firstDelayMs: number; because: string }
  | { kind: "end"; because: EndCause };

/** Why the screen is over. `session` asks the session itself for its reason. */
export type EndCause = "session" | "signed_out" | "forbidden" | "unknown_session" | "refused" | "cut";

const END = (because: EndCause): AfterClose => ({ kind: "end", because });
const RETRY = (firstDelayMs: number, because: string): AfterClose => ({ kind: "retry", firstDelayMs, because });

const LOST = "The connection was lost";

const TABLE: Readonly<Record<number, AfterClose>> = {
  1000: END("session"),
  1001: END("session"),
  1008: END("refused"),
  1011: RETRY(1000, "The app's screen did not answer"),
  1012: RETRY(0, "The server is restarting"),
  4400: END("refused"),
  4401: END("signed_out"),
  4403: END("forbidden"),
  4404: END("unknown_session"),
  4408: RETRY(1000, "This connection was too slow to keep up"),
  4409: RETRY(700, "The screen is not ready yet"),
  4410: END("session"),
  4411: RETRY(0, "What you may do here has changed"),
  4412: END("cut"),
  4429: RETRY(10_000, "Too many screens are open"),
};

/** Any code that nobody defined counts as a lost connection. */
export function afterClose(code: number): AfterClose {
  return TABLE[code] ?? RETRY(1000, LOST);
}
