import type { Rights } from "@/hooks/use-me";
import LayoutGrid from "lucide-react/icons/layout-grid";
import Monitor from "lucide-react/icons/monitor";
import ShieldCheck from "lucide-react/icons/shield-check";
import type { LucideIcon } from "lucide-react";

export interface Place {
  path: string;
  label: string;
  icon: LucideIcon;
}

/** The main places of the navigation, for this person. */
export function mainPlaces({ isAdmin, isManager, mayAudit, mayEditSome }: Rights): Place[] {
  const places: Place[] = [
    { path: "/", label: "Catalog", icon: LayoutGrid },
    { path: "/sessions", label: "Sessions", icon: Monitor },
  ];
  if (isAdmin) places.push({ path: "/admin", label: "Administration", icon: ShieldCheck });
  else if (isManager) places.push({ path: "/admin/apps", label: "Administration", icon: ShieldCheck });
  else if (mayEditSome) places.push({ path: "/admin/apps", label: "Apps", icon: ShieldCheck });
  else if (mayAudit) places.push({ path: "/admin/audit", label: "Audit", icon: ShieldCheck });
  return places;
}
