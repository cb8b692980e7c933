import { useQuery } from "@tanstack/react-query";
import { hasRole, meQuery } from "@/api/auth";
import type { User } from "@/api/wire";

/** What pages ask about a person's roles. */
export interface Rights {
  isAdmin: boolean;
  mayAudit: boolean;
  mayAuthor: boolean;
}

/** The person who is signed in, and their rights. The server decides; this only hides what it would refuse. */
export function useMe(): Rights & { me: User | null | undefined } {
  const { data: me } = useQuery(meQuery);
  return {
    me,
    isAdmin: hasRole(me, "admin"),
    mayAudit: hasRole(me, "admin", "auditor"),
    mayAuthor: hasRole(me, "admin", "app-author"),
  };
}
