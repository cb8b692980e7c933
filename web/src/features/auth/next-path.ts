/** Where to go after the sign-in: a path of this app, whatever the address claims. */
export function safeNext(next: string | null): string {
  if (!next?.startsWith("/")) return "/";
  const path = new URL(next, "http://here.invalid");
  if (path.host !== "here.invalid" || path.pathname === "/sign-in") return "/";
  return path.pathname + path.search + path.hash;
}
