import { queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import { asProblem } from "./problem";
import type { Role, User } from "./wire";

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

export async function signIn(username: string, password: string): Promise<User> {
  const answer = await request<{ user: User }>("/api/auth/login", {
    method: "POST",
    body: { username, password },
  });
  return answer.user;
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

export function hasRole(user: User | null | undefined, ...roles: Role[]): boolean {
  return user?.roles.some((role) => roles.includes(role)) ?? false;
}
