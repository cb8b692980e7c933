import { useEffect, useRef } from "react";
import { NavLink, useLocation } from "react-router";
import { cn } from "@/lib/format";

interface TabLinksProps {
  label: string;
  /** The first one is at the root of the others. */
  tabs: readonly { path: string; label: string; count?: number }[];
}

/** Pages side by side, each with its own address. */
export function TabLinks({ label, tabs }: TabLinksProps) {
  const row = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // On a phone not all of them are in view; the current one is.
  useEffect(() => {
    const box = row.current;
    const current = box?.querySelector<HTMLElement>("[aria-current=page]");
    if (box && current) box.scrollLeft = current.offsetLeft - (box.clientWidth - current.offsetWidth) / 2;
  }, [pathname]);
  return (
    <nav ref={row} aria-label={label} className="relative -mx-4 mb-7 flex gap-1 overflow-x-auto border-b border-line px-4 [scrollbar-width:none] sm:mx-0 sm:px-0">
      {tabs.map(({ path, label: name, count = 0 }, index) => (
        <NavLink
          key={path}
          to={path}
          end={index === 0}
          className={({ isActive }) =>
            cn(
              "-mb-px flex h-10 shrink-0 items-center gap-1.5 border-b-2 px-3 text-[13.5px] font-medium transition-colors",
              isActive ? "border-signal text-ink" : "border-transparent text-ink-2 hover:text-ink",
            )
          }
        >
          {name}
          {count > 0 && (
            <span className="grid h-[18px] min-w-[18px] place-items-center rounded-full bg-signal-soft px-1 text-[11px] font-semibold text-signal tabular-nums">
              {count}
              <span className="sr-only"> waiting</span>
            </span>
          )}
        </NavLink>
      ))}
    </nav>
  );
}
