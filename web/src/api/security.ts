import { queryOptions } from "@tanstack/react-query";
import { request } from "./client";
import type { AccessToken, Scope, SecondFactor, SignIn } from "./wire-accounts";

export const signInsQuery = queryOptions({
  queryKey: ["security", "sign-ins"],
  queryFn: ({ signal }) => request<SignIn[]>("/api/me/sign-ins", { signal }),
  staleTime: 0,
});

/** Ends one sign-in of one's own; null ends all but this one. */
export function endSignIn(id: string | null): Promise<void> {
  return request(id === null ? "/api/me/sign-ins" : `/api/me/sign-ins/${encodeURIComponent(id)}`, { method: "DELETE" });
}

export const tokensQuery = queryOptions({
  queryKey: ["security", "tokens"],
  queryFn: ({ signal }) => request<AccessToken[]>("/api/me/tokens", { signal }),
  staleTime: 0,
});

export function createToken(draft: { name: string; scopes: Scope[]; expires_in_days: number }): Promise<AccessToken> {
  return request("/api/me/tokens", { method: "POST", body: draft });
}

export function revokeToken(id: string): Promise<void> {
  return request(`/api/me/tokens/${encodeURIComponent(id)}`, { method: "DELETE" });
}

export const secondFactorQuery = queryOptions({
  queryKey: ["security", "second-factor"],
  queryFn: ({ signal }) => request<SecondFactor>("/api/me/second-factor", { signal }),
  staleTime: 0,
});

/** Begins: the secret counts only once a code of it was confirmed. */
export function beginSecondFactor(password: string): Promise<{ secret: string; otpauth_url: string }> {
  return request("/api/me/second-factor", { method: "POST", body: { password } });
}

export function confirmSecondFactor(code: string): Promise<{ recovery_codes: string[] }> {
  return request("/api/me/second-factor/confirm", { method: "POST", body: { code } });
}

export function disableSecondFactor(password: string, code: string): Promise<void> {
  return request("/api/me/second-factor/disable", { method: "POST", body: { password, code } });
}

export function renewRecoveryCodes(password: string, code: string): Promise<{ recovery_codes: string[] }> {
  return request("/api/me/second-factor/recovery-codes", { method: "POST", body: { password, code } });
}
