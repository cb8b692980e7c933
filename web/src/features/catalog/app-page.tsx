import { useQuery } from "@tanstack/react-query";
import ArrowLeft from "lucide-react/icons/arrow-left";
import ArrowUpRight from "lucide-react/icons/arrow-up-right";
import KeyRound from "lucide-react/icons/key-round";
import Compass from "lucide-react/icons/compass";
import Pencil from "lucide-react/icons/pencil";
import Play from "lucide-react/icons/play";
import Star from "lucide-react/icons/star";
import { useState, type ReactNode } from "react";
import { Link, useParams } from "react-router";
import { appQuery } from "@/api/apps";
import { asProblem } from "@/api/problem";
import { liveSessionsQuery } from "@/api/sessions";
import type { App } from "@/api/wire";
import { actionVerb, askLabel, isStreamed, kindLabel } from "@/components/apps/app-facts";
import { AppTile } from "@/components/apps/app-tile";
import { ProblemPanel } from "@/components/problem-panel";
import { LiveDot } from "@/components/ui/badge";
import { Button, buttonLook } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageBody } from "@/components/ui/page";
import { Skeleton } from "@/components/ui/skeleton";
import { useLaunch } from "@/hooks/use-launch";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { usePreferences } from "@/hooks/use-preferences";
import { VISIBILITY_LABEL } from "@/lib/labels";
import { patchPreferences, preferences, toggled } from "@/lib/preferences";
import { duration } from "@/lib/time";
import { AskDialog } from "./ask-dialog";
import { LaunchRefused } from "./launch-refused";
import { liveByApp } from "./model";

/** What an app is, what it may use, and who may use it. */
export function AppPage() {
  const { id = "" } = useParams();
  const app = useQuery(appQuery(id));
  usePageTitle(app.data?.name ?? "App");
  return (
    <PageBody narrow>
      <Link to="/" className="mb-6 inline-flex items-center gap-1.5 rounded text-[13px] text-ink-2 hover:text-ink">
        <ArrowLeft className="size-4" aria-hidden="true" /> Catalog
      </Link>
      {app.isPending && <Skeleton className="h-64" />}
      {app.isError && (asProblem(app.error).status === 404 ? <NoSuchApp /> : <ProblemPanel cause={app.error} onRetry={() => void app.refetch()} />)}
      {app.data && <AppDetails app={app.data} />}
    </PageBody>
  );
}

/** The server says the same of an app that is gone and of one that one may not see; so does this. */
function NoSuchApp() {
  return (
    <EmptyState isPage icon={<Compass />} title="There is no such app for you">
      It may be gone, it may be for other people only, or the address may be wrong. An administrator can tell.
    </EmptyState>
  );
}

function AppDetails({ app }: { app: App }) {
  const { data: sessions = [] } = useQuery(liveSessionsQuery);
  const { favorites } = usePreferences();
  const { mayEdit } = useMe();
  const launch = useLaunch();
  const [isAsking, setIsAsking] = useState(false);
  const session = liveByApp(sessions).get(app.id);
  const ask = session ? null : askLabel(app);
  const refused = !session && (!app.can_launch || app.unavailable !== null);
  const isFavorite = favorites.includes(app.id);
  const verb = actionVerb(app, session !== undefined);
  return (
    <>
      <div className="flex flex-wrap items-start gap-5">
        <AppTile name={app.name} icon={app.icon} size="large" />
        <div className="min-w-0 flex-1">
          <h1 className="text-2xl leading-tight font-semibold">{app.name}</h1>
          <p className="mt-1 text-[15px] text-ink-2">{app.description || "No description yet."}</p>
        </div>
      </div>
      <div className="mt-6 flex flex-wrap gap-2">
        {ask ? (
          <Button tone="primary" size="large" aria-label={`${ask}: ${app.name}`} onClick={() => setIsAsking(true)}>
            <KeyRound /> {ask}
          </Button>
        ) : (
          <Button
            tone="primary"
            size="large"
            disabled={refused}
            busy={launch.busyAppId === app.id}
            aria-label={`${verb} ${app.name}`}
            onClick={() => launch.open(app, session)}
          >
            {session ? <LiveDot /> : isStreamed(app) ? <Play /> : <ArrowUpRight />}
            {verb}
          </Button>
        )}
        <Button size="large" aria-pressed={isFavorite} onClick={() => patchPreferences({ favorites: toggled(preferences().favorites, app.id) })}>
          <Star fill={isFavorite ? "currentColor" : "none"} className={isFavorite ? "text-signal" : ""} />
          {isFavorite ? "In your favorites" : "Add to favorites"}
        </Button>
        {mayEdit(app) && (
          <Link to={`/admin/apps/${encodeURIComponent(app.id)}`} className={buttonLook("plain", "large")}>
            <Pencil /> Edit
          </Link>
        )}
      </div>
      {refused && !ask && (
        <Notice tone="warn" className="mt-5">
          {app.unavailable?.message ?? "You may not launch this app. Ask an administrator for access."}
        </Notice>
      )}
      {app.hints.map((hint) => (
        <Notice key={hint} tone="info" className="mt-3">
          {hint}
        </Notice>
      ))}
      <dl className="mt-8 divide-y divide-line overflow-hidden rounded-xl border border-line bg-surface text-[13.5px] shadow-card">
        {facts(app).map(([name, value]) => (
          <div key={name} className="grid gap-x-6 gap-y-0.5 px-5 py-3 sm:grid-cols-[11rem_1fr]">
            <dt className="text-ink-3">{name}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </div>
        ))}
      </dl>
      {isAsking && <AskDialog app={app} onClose={() => setIsAsking(false)} />}
      <LaunchRefused app={launch.failedApp} cause={launch.failure} onClose={launch.forget} onRetry={(again) => launch.open(again)} />
    </>
  );
}

function code(text: string): ReactNode {
  return <code className="font-mono text-[12.5px]">{text}</code>;
}

/** The rows of the table, without those that say nothing about this kind of app. */
function facts(app: App): [string, ReactNode][] {
  const rows: [string, ReactNode][] = [["Kind", kindLabel(app)]];
  if (app.category) rows.push(["Category", app.category]);
  rows.push(["For", VISIBILITY_LABEL[app.visibility]]);
  if (app.request_access) {
    // Only its card came: what it runs with, and where it leads, is for those who have access.
  } else if (!isStreamed(app)) {
    rows.push(["Address", code(app.url)]);
  } else {
    if (app.command.length > 0) rows.push(["Runs", code(app.command.join(" "))]);
    else if (app.container_image) rows.push(["Image", code(app.container_image)]);
    rows.push(["Network", app.network === "host" ? "The server's own network, not contained" : "None"]);
    const { memory_limit, cpu_limit } = app.resource_limits;
    const limits = [memory_limit && `${memory_limit} memory`, cpu_limit && `${cpu_limit} CPU`].filter(Boolean);
    if (limits.length > 0) rows.push(["Limits", limits.join(", ")]);
    rows.push(["Your files", WORKSPACE_WORDS[app.workspace?.kind ?? "ephemeral"]]);
    rows.push(["Clipboard", clipboardWords(app.clipboard)]);
    if (app.idle_timeout > 0) rows.push(["Ends after", `${duration(app.idle_timeout)} without input`]);
  }
  rows.push(["Id", <Copyable key="id" text={app.id} label="app id" />]);
  return rows;
}

const WORKSPACE_WORDS = {
  ephemeral: "Gone when the session ends",
  volume: "On a volume of the session's own, gone when it ends",
  persistent: "Kept between sessions",
} as const;

function clipboardWords(clipboard: App["clipboard"]): string {
  if (clipboard.in && clipboard.out) return "Both ways";
  if (clipboard.in) return "Into the app only";
  if (clipboard.out) return "Out of the app only";
  return "Off";
}
