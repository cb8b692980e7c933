/** Words for values of the wire. One table each, so that every page says the same. */

export const STATUS_LABEL = {
  creating: "Starting",
  running: "Running",
  stopped: "Stopped",
  expired: "Expired",
  failed: "Failed",
} as const;

export const PHASE_LABEL = {
  queued: "Queued",
  waiting_for_workspace: "Waiting for your files",
  starting: "Starting the app",
  connecting: "Connecting the screen",
  ready: "Ready",
  ended: "Ended",
} as const;

export const VISIBILITY_LABEL = {
  public: "Everybody",
  approved: "Approved people",
  admin_only: "Administrators of its category",
} as const;

export const ROLE_LABEL = {
  admin: "Administrator",
  "tenant-admin": "Tenant administrator",
  "app-author": "App author",
  auditor: "Auditor",
  user: "User",
} as const;

/** `CREATE_SESSION` as `Create session`. */
export function actionLabel(action: string): string {
  const words = action.replaceAll(/[_.]/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
