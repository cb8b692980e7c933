import { useQuery } from "@tanstack/react-query";
import { Navigate, Outlet, useLocation } from "react-router";
import { accessRequestsQuery } from "@/api/access";
import { EmptyState } from "@/components/ui/empty-state";
import { PageBody } from "@/components/ui/page";
import { TabLinks } from "@/components/ui/tab-links";
import { useMe, type Rights } from "@/hooks/use-me";
import ShieldX from "lucide-react/icons/shield-x";

const INBOX = "/admin/requests";

type May = Exclude<keyof Rights, "mayEdit" | "mayConfigure">;

const SECTIONS: readonly { path: string; label: string; may: May }[] = [
  { path: "/admin", label: "Overview", may: "isAdmin" },
  { path: "/admin/apps", label: "Apps", may: "mayEditSome" },
  { path: "/admin/categories", label: "Categories", may: "mayEditSome" },
  { path: INBOX, label: "Requests", may: "mayDecide" },
  { path: "/admin/users", label: "Users", may: "isAdmin" },
  { path: "/admin/sessions", label: "Sessions", may: "isManager" },
  { path: "/admin/audit", label: "Audit", may: "mayAudit" },
  { path: "/admin/analytics", label: "Analytics", may: "mayAudit" },
  { path: "/admin/access", label: "Why?", may: "mayDecide" },
  { path: "/admin/tenants", label: "Tenants", may: "isManager" },
  { path: "/admin/services", label: "Services", may: "isAdmin" },
  { path: "/admin/settings", label: "Settings", may: "isAdmin" },
];

/** Sections of the administration; app authors and auditors see theirs only. */
export function AdminLayout() {
  const rights = useMe();
  const { pathname } = useLocation();
  const requests = useQuery({ ...accessRequestsQuery("pending"), enabled: rights.mayDecide });
  const waiting = requests.data?.filter((request) => request.can_decide).length ?? 0;
  const open = SECTIONS.filter((section) => rights[section.may]).map((section) => (section.path === INBOX ? { ...section, count: waiting } : section));
  const [first] = open;
  if (!first) {
    return (
      <EmptyState isPage icon={<ShieldX />} title="This part is for administrators">
        Ask one for the administrator role if you need it.
      </EmptyState>
    );
  }
  const isOpen = open.some(({ path }) => pathname === path || (path !== "/admin" && pathname.startsWith(`${path}/`)));
  if (!isOpen && !rights.isAdmin) return <Navigate to={first.path} replace />;
  return (
    <PageBody>
      {open.length > 1 && <TabLinks label="Administration" tabs={open} />}
      <Outlet />
    </PageBody>
  );
}
