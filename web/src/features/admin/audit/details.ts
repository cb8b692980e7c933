/** The details of an audit entry as names and values, in their order; `null` for text that older systems wrote. */
export function detailPairs(details: string): [string, string][] | null {
  try {
    const read: unknown = JSON.parse(details);
    if (typeof read !== "object" || read === null || Array.isArray(read)) return null;
    return Object.entries(read).map(([name, value]) => [name.replaceAll("_", " "), String(value)]);
  } catch {
    return null;
  }
}
