import { queryOptions } from "@tanstack/react-query";
import { query, request } from "./client";
import { asProblem } from "./problem";
import type { User } from "./wire";
import type { Challenge } from "./wire-accounts";

/** Who is signed in; null is an answer, not an error. */
export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: async ({ signal }): Promise<User | null> => {
    try {
      return await request<User>("/api/auth/me", { signal });
    } catch (cause) {
      if (asProblem(cause).status === 401) return null;
      throw cause;
    }
  },
  staleTime: 5 * 60_000,
});

/** Signed in, or half of it where the account has a second factor. */
export type SignInAnswer = { user: User } | { second_factor: Challenge };

export function signIn(username: string, password: string): Promise<SignInAnswer> {
  return request("/api/auth/login", { method: "POST", body: { username, password } });
}

/** The other half: a code of the authenticator, or one of the recovery codes. */
export async function proveSecondFactor(challenge: string, code: string): Promise<User> {
  const answer = await request<{ user: User }>("/api/auth/second-factor", { method: "POST", body: { challenge, code } });
  return answer.user;
}

export interface Registration {
  username: string;
  password: string;
  email?: string;
  display_name?: string;
}

export async function register(registration: Registration): Promise<User> {
  const answer = await request<{ user: User }>("/api/auth/register", { method: "POST", body: registration });
  return answer.user;
}

/** Sets a new password with the token of an administrator's link. */
export function resetPassword(token: string, password: string): Promise<void> {
  return request("/api/auth/reset", { method: "POST", body: { token, new_password: password } });
}

/** Where the browser goes to sign in elsewhere; it comes back to `next`. */
export function ssoPath(next: string): string {
  return `/api/auth/oidc/login${query({ redirect: next })}`;
}

export function signOut(): Promise<void> {
  return request("/api/auth/logout", { method: "POST" });
}

export function changePassword(current: string, next: string): Promise<void> {
  return request("/api/auth/password", {
    method: "POST",
    body: { current_password: current, new_password: next },
  });
}
