/* Made from openapi.json by dev/contract.mjs: not to be edited. */

/** What a problem document's `code` may be; what a machine lacks has codes of its own. */
export type ProblemCode =
  | "ambiguous_request"
  | "bad_handshake"
  | "bad_parameter"
  | "broken_body"
  | "invalid_logout_token"
  | "malformed_json"
  | "no_host"
  | "not_a_state"
  | "token_in_url"
  | "invalid_code"
  | "invalid_credentials"
  | "invalid_token"
  | "not_signed_in"
  | "second_factor_needed"
  | "sign_in_needed"
  | "denied"
  | "foreign_origin"
  | "reason_needed"
  | "registration_closed"
  | "scope_missing"
  | "sign_in_needs_https"
  | "no_such_link"
  | "not_found"
  | "unknown_tenant"
  | "method_not_allowed"
  | "body_too_slow"
  | "app_not_launchable"
  | "category_in_use"
  | "conflict"
  | "tenant_in_use"
  | "version_mismatch"
  | "body_too_large"
  | "unsupported_media_type"
  | "wrong_host"
  | "invalid"
  | "upgrade_required"
  | "quota_exceeded"
  | "too_many_attempts"
  | "too_many_requests"
  | "too_many_streams"
  | "internal"
  | "database_unavailable"
  | "sso_unavailable"
  | "unavailable";

/** With which codes the server closes a stream. */
export const CLOSE = {
  /** the session ended */
  Ended: 1000,
  /** the workload ended; dial again */
  WorkloadEnded: 1001,
  /** protocol error */
  Protocol: 1002,
  /** only binary messages are understood */
  Unsupported: 1003,
  /** not permitted on a stream */
  Policy: 1008,
  /** message too big */
  TooBig: 1009,
  /** the workload failed; dial again */
  WorkloadError: 1011,
  /** the server is restarting; dial again */
  Restarting: 1012,
  /** bad request */
  BadRequest: 4400,
  /** not signed in */
  SignedOut: 4401,
  /** not allowed */
  NotAllowed: 4403,
  /** no such session */
  NoSuchSession: 4404,
  /** the viewer is too slow; dial again */
  TooSlow: 4408,
  /** the session is not ready yet; dial again */
  NotReady: 4409,
  /** the session has ended */
  SessionEnded: 4410,
  /** what you may do here has changed; dial again */
  RightsChanged: 4411,
  /** the owner ended this view */
  Cut: 4412,
  /** too many streams; dial again */
  TooManyStreams: 4429,
} as const;

export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE];
