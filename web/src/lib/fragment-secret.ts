const kept = new Map<string, string>();

/**
 * The secret behind `#` of this address, which leaves the address bar and the history at once. It
 * stays in the page's memory only, under its path, so that one can sign in first and come back.
 */
export function takeFragmentSecret(): string {
  const { hash, pathname, search } = window.location;
  if (hash.length > 1) {
    kept.set(pathname, hash.slice(1));
    window.history.replaceState(window.history.state, "", pathname + search);
  }
  return kept.get(pathname) ?? "";
}
