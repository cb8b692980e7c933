import type { Person } from "@/api/wire-access";

/** What a person is called. */
export function personName({ display_name, username }: Pick<Person, "display_name" | "username">): string {
  return display_name || username;
}
