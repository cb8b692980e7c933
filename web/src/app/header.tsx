import { useQuery } from "@tanstack/react-query";
import Search from "lucide-react/icons/search";
import { Link, NavLink } from "react-router";
import { configQuery, rememberedBranding } from "@/api/config";
import { liveSessionsQuery } from "@/api/sessions";
import { Mark } from "@/components/ui/logo";
import { Kbd } from "@/components/ui/kbd";
import { useMe } from "@/hooks/use-me";
import { cn } from "@/lib/format";
import { requestPalette } from "@/lib/palette-request";
import { BrandLogo } from "./brand-logo";
import { mainPlaces } from "./places";
import { TenantSwitcher } from "./tenant-switcher";
import { UserMenu } from "./user-menu";

const IS_APPLE = /Mac|iPhone|iPad/.test(navigator.userAgent);

export function Header() {
  const roles = useMe();
  // Asked for by SignedInDuties once the page is painted; the last visit's answer serves until then.
  const { data: config } = useQuery({ ...configQuery, enabled: false });
  const { data: sessions } = useQuery(liveSessionsQuery);
  const brand = config ?? rememberedBranding();
  const running = sessions?.length ?? 0;
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-canvas/85 backdrop-blur-md">
      <div className="mx-auto flex h-14 max-w-[76rem] items-center gap-2 px-4 sm:px-6">
        <Link to="/" className="mr-3 flex min-w-0 items-center gap-2.5 rounded-lg">
          {brand?.logo_url ? <BrandLogo url={brand.logo_url} /> : <Mark className="size-7" />}
          <span className="truncate text-[15px] font-semibold tracking-[-0.015em]">{brand?.tenant_name || "Sortie"}</span>
        </Link>
        <TenantSwitcher />
        <nav aria-label="Main" className="hidden items-center gap-0.5 sm:flex">
          {mainPlaces(roles).map(({ path, label }) => (
            <NavLink
              key={path}
              to={path}
              end={path === "/"}
              className={({ isActive }) =>
                cn(
                  "flex h-8 items-center gap-2 rounded-lg px-3 text-[13.5px] font-medium transition-colors",
                  isActive ? "bg-hover text-ink" : "text-ink-2 hover:text-ink",
                )
              }
            >
              {label}
              {path === "/sessions" && running > 0 && (
                <span className="grid h-[18px] min-w-[18px] place-items-center rounded-full bg-live-soft px-1 text-[11px] font-semibold text-live tabular-nums">
                  {running}
                  <span className="sr-only"> running</span>
                </span>
              )}
            </NavLink>
          ))}
        </nav>
        <button
          type="button"
          onClick={requestPalette}
          className="ml-auto flex h-9 items-center gap-2 rounded-lg px-2.5 text-[13px] text-ink-2 transition-colors hover:bg-hover hover:text-ink sm:border sm:border-line-strong sm:bg-surface"
        >
          <Search className="size-4" aria-hidden="true" />
          <span className="sr-only sm:not-sr-only sm:pr-6">Go anywhere</span>
          <span className="hidden items-center gap-1 sm:flex" aria-hidden="true">
            <Kbd>{IS_APPLE ? "⌘" : "Ctrl"}</Kbd>
            <Kbd>K</Kbd>
          </span>
        </button>
        <UserMenu />
      </div>
    </header>
  );
}
