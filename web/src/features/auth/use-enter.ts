import { useQueryClient } from "@tanstack/react-query";
import { meQuery } from "@/api/auth";
import type { User } from "@/api/wire";

/** Makes this person the one who is signed in here. */
export function useEnter(): (user: User) => void {
  const client = useQueryClient();
  return (user) => {
    // What was read as nobody is not what this person may see.
    client.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
    client.setQueryData(meQuery.queryKey, user);
  };
}
