/** The shapes of one's own credentials, and of what an administrator does about others'. */

/** The first half of a sign-in is done; the code is still to come. */
export interface Challenge {
  challenge: string;
  methods: ("totp" | "recovery_code")[];
  expires_at: string;
}

export interface SignIn {
  id: string;
  client: "browser" | "api";
  user_agent: string;
  source_ip: string;
  created_at: string;
  last_used_at: string;
  expires_at: string;
  current: boolean;
}

export type Scope = "read" | "sessions" | "apps" | "admin";

export interface AccessToken {
  id: string;
  name: string;
  scopes: Scope[];
  created_at: string;
  last_used_at: string | null;
  expires_at: string;
  /** In the answer that makes it, and never again. */
  token?: string;
}

export interface SecondFactor {
  enabled: boolean;
  confirmed_at: string | null;
  recovery_codes_left: number;
}

/** A link with which somebody sets a new password. */
export interface ResetLink {
  url: string;
  expires_at: string;
}
