import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { ownTenantsQuery } from "@/api/tenants";

const TenantMenu = lazy(async () => ({ default: (await import("./tenant-menu")).TenantMenu }));

/** The way to one's other tenants. Who has one only never learns that there are such things. */
export function TenantSwitcher() {
  // Asked for by SignedInDuties once the page is painted.
  const { data: tenants } = useQuery({ ...ownTenantsQuery, enabled: false });
  if (!tenants || tenants.length < 2) return null;
  return (
    <Suspense>
      <TenantMenu tenants={tenants} />
    </Suspense>
  );
}
