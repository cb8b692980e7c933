import { useQuery } from "@tanstack/react-query";
import LayoutGrid from "lucide-react/icons/layout-grid";
import SearchX from "lucide-react/icons/search-x";
import { lazy, Suspense, useMemo, useState } from "react";
import { Link } from "react-router";
import { appsQuery } from "@/api/apps";
import { liveSessionsQuery } from "@/api/sessions";
import type { App } from "@/api/wire";
import { ProblemPanel } from "@/components/problem-panel";
import { Button, buttonLook } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { PageBody } from "@/components/ui/page";
import { useLaunch } from "@/hooks/use-launch";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { usePreferences } from "@/hooks/use-preferences";
import { useUrlState } from "@/hooks/use-url-state";
import { plural } from "@/lib/format";
import { recentApps } from "@/lib/recents";
import { CatalogSearch } from "./catalog-search";
import { CatalogShelf } from "./catalog-shelf";
import { CatalogSkeleton } from "./catalog-skeleton";
import { liveByApp, matches, shelves, type Shelf } from "./model";
import { RuntimeNotice } from "./runtime-notice";

const AskDialog = lazy(async () => ({ default: (await import("./ask-dialog")).AskDialog }));
const LaunchRefused = lazy(async () => ({ default: (await import("./launch-refused")).LaunchRefused }));

export function CatalogPage() {
  usePageTitle("Catalog");
  const apps = useQuery(appsQuery);
  const { data: sessions = [] } = useQuery(liveSessionsQuery);
  const { favorites } = usePreferences();
  const [search, setSearch] = useUrlState("q");
  // Read once: the page must not rearrange itself under the pointer after a launch.
  const [recents] = useState(recentApps);
  const launch = useLaunch();
  const [asked, setAsked] = useState<App | null>(null);
  const live = useMemo(() => liveByApp(sessions), [sessions]);

  const all = apps.data;
  const shown = useMemo<Shelf[]>(() => {
    if (!all) return [];
    if (search.trim() === "") return shelves(all, { favorites, recents });
    return [{ name: "Results", kind: "results", apps: matches(all, search) }];
  }, [all, favorites, recents, search]);

  const onOpen = (app: App) => launch.open(app, live.get(app.id));
  const firstMatch = search.trim() === "" ? undefined : shown[0]?.apps[0];
  const onEnter = () => {
    const running = firstMatch && live.has(firstMatch.id);
    if (firstMatch && (running || (firstMatch.can_launch && firstMatch.unavailable === null))) onOpen(firstMatch);
  };

  return (
    <PageBody>
      <h1 className="sr-only">Catalog</h1>
      <div className="mb-7 flex flex-wrap items-center gap-x-4 gap-y-3">
        <CatalogSearch value={search} onChange={setSearch} onEnter={onEnter} />
        {all && all.length > 0 && (
          <p className="text-[13px] text-ink-3" role="status">
            {search.trim() ? plural(shown[0]?.apps.length ?? 0, "match", "matches") : plural(all.length, "app")}
            {live.size > 0 && ` · ${live.size} running`}
          </p>
        )}
      </div>
      <RuntimeNotice />
      {apps.isPending && <CatalogSkeleton />}
      {apps.isError && !all && <ProblemPanel cause={apps.error} onRetry={() => void apps.refetch()} />}
      {all?.length === 0 && <EmptyCatalog />}
      {all && all.length > 0 && firstMatch === undefined && search.trim() !== "" && (
        <EmptyState icon={<SearchX />} title={`Nothing matches “${search.trim()}”`} action={<Button onClick={() => setSearch("")}>Clear the search</Button>}>
          Names, categories and descriptions were searched.
        </EmptyState>
      )}
      <div className="flex flex-col gap-8">
        {shown.map((shelf) =>
          shelf.apps.length === 0 ? null : (
            <CatalogShelf key={`${shelf.kind}-${shelf.name}`} shelf={shelf} live={live} busyAppId={launch.busyAppId} onOpen={onOpen} onAsk={setAsked} />
          ),
        )}
      </div>
      <Suspense>
        {asked && <AskDialog app={asked} onClose={() => setAsked(null)} />}
        {launch.failedApp && (
          <LaunchRefused app={launch.failedApp} cause={launch.failure} onClose={launch.forget} onRetry={(app) => launch.open(app)} />
        )}
      </Suspense>
    </PageBody>
  );
}

function EmptyCatalog() {
  const { mayAuthor } = useMe();
  return (
    <EmptyState
      icon={<LayoutGrid />}
      title={mayAuthor ? "Your catalog starts here" : "No apps for you yet"}
      action={
        mayAuthor && (
          <Link to="/admin/apps/new" className={buttonLook("primary")}>
            Add the first app
          </Link>
        )
      }
    >
      {mayAuthor
        ? "An app is a link that people open, or a desktop program that runs on this server and shows in the browser."
        : "An administrator decides which apps you see. As soon as one is yours it appears here by itself."}
    </EmptyState>
  );
}
