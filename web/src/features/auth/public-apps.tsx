import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "react-router";
import { publicAppsQuery } from "@/api/apps";
import { AppTile } from "@/components/apps/app-tile";
import { Button } from "@/components/ui/button";
import { useSettled } from "@/hooks/use-settled";

const SHOWN_AT_FIRST = 6;

/** What is here for everybody: the public apps, which one may look at before signing in. */
export function PublicApps() {
  const isSettled = useSettled();
  const { data: apps = [] } = useQuery({ ...publicAppsQuery, enabled: isSettled });
  const [isWhole, setIsWhole] = useState(false);
  if (apps.length === 0) return null;
  const shown = isWhole ? apps : apps.slice(0, SHOWN_AT_FIRST);
  return (
    <section aria-labelledby="public-apps" className="relative mt-10 w-full max-w-[44rem] animate-rise">
      <h2 id="public-apps" className="mb-3 text-center text-[13px] font-semibold text-ink-2">
        What you find here
      </h2>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,13rem),1fr))] gap-2.5">
        {shown.map((app) => (
          <li key={app.id}>
            <Link
              to={`/sign-in?next=${encodeURIComponent(`/apps/${encodeURIComponent(app.id)}`)}`}
              replace
              title={`Sign in to use ${app.name}`}
              className="flex h-full items-center gap-3 rounded-xl border border-line bg-surface p-3 shadow-card transition-[box-shadow,border-color] hover:border-line-strong hover:shadow-lift"
            >
              <AppTile name={app.name} icon={app.icon} size="small" />
              <span className="min-w-0">
                <span className="block truncate text-[13.5px] font-semibold">{app.name}</span>
                <span className="block truncate text-[12.5px] text-ink-2">{app.description || app.category}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {apps.length > shown.length && (
        <div className="mt-3 text-center">
          <Button size="small" onClick={() => setIsWhole(true)}>
            Show all {apps.length}
          </Button>
        </div>
      )}
    </section>
  );
}
