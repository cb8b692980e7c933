import Settings from "lucide-react/icons/settings";
import { NavLink } from "react-router";
import { useMe } from "@/hooks/use-me";
import { cn } from "@/lib/format";
import { mainPlaces } from "./places";

/** The main places within reach of a thumb, on narrow screens. */
export function TabBar() {
  const roles = useMe();
  const places = [...mainPlaces(roles), { path: "/settings", label: "Settings", icon: Settings }];
  return (
    <nav
      aria-label="Main"
      className="fixed inset-x-0 bottom-0 z-30 flex border-t border-line bg-surface/92 pb-[env(safe-area-inset-bottom)] backdrop-blur-md sm:hidden"
    >
      {places.map(({ path, label, icon: Icon }) => (
        <NavLink
          key={path}
          to={path}
          end={path === "/"}
          className={({ isActive }) =>
            cn("flex h-14 flex-1 flex-col items-center justify-center gap-0.5 text-[11px] font-medium", isActive ? "text-signal" : "text-ink-3")
          }
        >
          <Icon className="size-5" aria-hidden="true" />
          {label === "Administration" ? "Admin" : label}
        </NavLink>
      ))}
    </nav>
  );
}
