import { NavLink, Navigate, Outlet, useLocation } from "react-router";
import { EmptyState } from "@/components/ui/empty-state";
import { PageBody } from "@/components/ui/page";
import { useMe, type Rights } from "@/hooks/use-me";
import { cn } from "@/lib/format";
import ShieldX from "lucide-react/icons/shield-x";

const SECTIONS: readonly { path: string; label: string; may: keyof Rights }[] = [
  { path: "/admin", label: "Overview", may: "isAdmin" },
  { path: "/admin/apps", label: "Apps", may: "mayAuthor" },
  { path: "/admin/users", label: "Users", may: "isAdmin" },
  { path: "/admin/sessions", label: "Sessions", may: "isAdmin" },
  { path: "/admin/audit", label: "Audit", may: "mayAudit" },
  { path: "/admin/analytics", label: "Analytics", may: "isAdmin" },
  { path: "/admin/settings", label: "Settings", may: "isAdmin" },
];

/** Sections of the administration; app authors and auditors see theirs only. */
export function AdminLayout() {
  const rights = useMe();
  const { pathname } = useLocation();
  const open = SECTIONS.filter((section) => rights[section.may]);
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
      {open.length > 1 && (
        <nav aria-label="Administration" className="-mx-4 mb-7 flex gap-1 overflow-x-auto border-b border-line px-4 [scrollbar-width:none] sm:mx-0 sm:px-0">
          {open.map(({ path, label }) => (
            <NavLink
              key={path}
              to={path}
              end={path === "/admin"}
              className={({ isActive }) =>
                cn(
                  "-mb-px h-10 shrink-0 border-b-2 px-3 pt-2 text-[13.5px] font-medium transition-colors",
                  isActive ? "border-signal text-ink" : "border-transparent text-ink-2 hover:text-ink",
                )
              }
            >
              {label}
            </NavLink>
          ))}
        </nav>
      )}
      <Outlet />
    </PageBody>
  );
}
