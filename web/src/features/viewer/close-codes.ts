import { CLOSE, type CloseCode } from "@/api/codes.gen";

/** What the page does when the stream closes with a code of the server. */
export type AfterClose =
  | { kind: "retry"; firstDelayMs: number; because: string }
  | { kind: "end"; because: EndCause };

/** Why the screen is over. `session` asks the session itself for its reason. */
export type EndCause = "session" | "signed_out" | "forbidden" | "unknown_session" | "refused" | "cut";

const END = (because: EndCause): AfterClose => ({ kind: "end", because });
const RETRY = (firstDelayMs: number, because: string): AfterClose => ({ kind: "retry", firstDelayMs, because });

const LOST = "The connection was lost";

/** Complete, or it does not compile: a code that the server gains is decided about here. */
const TABLE: Readonly<Record<CloseCode, AfterClose>> = {
  [CLOSE.Ended]: END("session"),
  // The session itself says what became of the app.
  [CLOSE.WorkloadEnded]: END("session"),
  [CLOSE.Protocol]: END("refused"),
  [CLOSE.Unsupported]: END("refused"),
  [CLOSE.Policy]: END("refused"),
  [CLOSE.TooBig]: END("refused"),
  [CLOSE.WorkloadError]: RETRY(1000, "The app's screen did not answer"),
  [CLOSE.Restarting]: RETRY(0, "The server is restarting"),
  [CLOSE.BadRequest]: END("refused"),
  [CLOSE.SignedOut]: END("signed_out"),
  [CLOSE.NotAllowed]: END("forbidden"),
  [CLOSE.NoSuchSession]: END("unknown_session"),
  [CLOSE.TooSlow]: RETRY(1000, "This connection was too slow to keep up"),
  [CLOSE.NotReady]: RETRY(700, "The screen is not ready yet"),
  [CLOSE.SessionEnded]: END("session"),
  [CLOSE.RightsChanged]: RETRY(0, "What you may do here has changed"),
  [CLOSE.Cut]: END("cut"),
  [CLOSE.TooManyStreams]: RETRY(10_000, "Too many screens are open"),
};

const isKnown = (code: number): code is CloseCode => code in TABLE;

/** Any code that nobody defined counts as a lost connection. */
export function afterClose(code: number): AfterClose {
  return isKnown(code) ? TABLE[code] : RETRY(1000, LOST);
}
