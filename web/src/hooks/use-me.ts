import { useQuery } from "@tanstack/react-query";
import { meQuery } from "@/api/auth";
import { ownTenantsQuery } from "@/api/tenants";
import type { User } from "@/api/wire";
import { chosenTenant } from "@/lib/tenant";
import { rightsOf, type Rights } from "./rights";

export type { Rights } from "./rights";

/** The person who is signed in, and their rights. The server decides; this only hides what it would refuse. */
export function useMe(): Rights & { me: User | null | undefined } {
  const { data: me } = useQuery(meQuery);
  // Asked for by SignedInDuties once the page is painted.
  const { data: tenants } = useQuery({ ...ownTenantsQuery, enabled: false });
  return { me, ...rightsOf(me, chosenTenant(), tenants) };
}
