/** The shapes of shared sessions: who was let in, and who watches. */

export type SharePermission = "read_only" | "read_write";

export interface Share {
  id: string;
  session_id: string;
  kind: "user" | "link";
  user_id: string | null;
  username: string | null;
  permission: SharePermission;
  expires_at: string;
  max_uses: number | null;
  uses: number;
  approval: boolean;
  guests: boolean;
  created_by: string;
  created_at: string;
  /** Of a link, in the answer that makes it and never again. */
  url?: string;
}

export interface Viewer {
  id: string;
  user_id: string | null;
  username: string;
  guest: boolean;
  role: "owner" | "viewer" | "observer";
  permission: SharePermission;
  has_control: boolean;
  state: "connected" | "waiting";
  share_id: string | null;
  since: string;
}

/** Coming by a link that asks the owner first. */
export interface JoinStanding<S> {
  join_id: string;
  status: "waiting" | "admitted" | "refused";
  session?: S;
}
