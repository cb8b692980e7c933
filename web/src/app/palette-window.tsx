import { useQuery } from "@tanstack/react-query";
import { Command } from "cmdk";
import CornerDownLeft from "lucide-react/icons/corner-down-left";
import Zap from "lucide-react/icons/zap";
import * as Dialog from "@radix-ui/react-dialog";
import type { ReactNode } from "react";
import { enabledActions, type Action } from "@/actions/registry";
import { appsQuery } from "@/api/apps";
import { asProblem } from "@/api/problem";
import { liveSessionsQuery } from "@/api/sessions";
import { actionVerb } from "@/components/apps/app-facts";
import { AppTile } from "@/components/apps/app-tile";
import { LiveDot } from "@/components/ui/badge";
import { Kbd } from "@/components/ui/kbd";
import { useLaunch } from "@/hooks/use-launch";
import { showToast } from "@/lib/toasts";
import { score } from "@/lib/search";
import { useActionContext } from "./use-action-context";

const GROUPS = ["Go to", "Administration", "Appearance", "Account"] as const satisfies readonly Action["group"][];
const GROUP_LOOK =
  "[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1.5 [&_[cmdk-group-heading]]:text-[12px] [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-ink-3";

function Entry({ value, keywords, onSelect, children }: { value: string; keywords: string[]; onSelect: () => void; children: ReactNode }) {
  return (
    <Command.Item
      value={value}
      keywords={keywords}
      onSelect={onSelect}
      className="flex h-11 cursor-pointer items-center gap-3 rounded-lg px-3 text-sm data-[selected=true]:bg-hover"
    >
      {children}
    </Command.Item>
  );
}

/** Everything one can do, by typing: running sessions, apps, pages, actions. */
export function PaletteWindow({ onClose }: { onClose: () => void }) {
  const { data: apps = [] } = useQuery(appsQuery);
  const { data: sessions = [] } = useQuery(liveSessionsQuery);
  const context = useActionContext();
  const launch = useLaunch((cause) => {
    const problem = asProblem(cause);
    showToast({ tone: "problem", text: problem.title, detail: problem.message });
  });
  const actions = enabledActions(context);
  const startable = apps.filter((app) => app.can_launch && app.unavailable === null);

  const after = (perform: () => void) => () => {
    onClose();
    perform();
  };

  return (
    <Dialog.Root open onOpenChange={(open) => open || onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-50 animate-fade bg-scrim" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed top-[max(1rem,12vh)] left-1/2 z-50 w-[min(38rem,calc(100vw-1.5rem))] -translate-x-1/2 animate-rise overflow-hidden rounded-2xl border border-line bg-surface shadow-float outline-none"
        >
          <Dialog.Title className="sr-only">Command palette</Dialog.Title>
          <Command label="Command palette" loop filter={(value, search, keywords = []) => score(search, [value, ...keywords])}>
            <Command.Input
              placeholder="Find an app, a session or a page…"
              className="h-14 w-full border-b border-line bg-transparent px-5 text-base outline-none placeholder:text-ink-3"
            />
            <Command.List className="max-h-[min(26rem,60dvh)] overflow-y-auto overscroll-contain p-2">
              <Command.Empty className="py-10 text-center text-sm text-ink-2">Nothing is called that.</Command.Empty>
              {sessions.length > 0 && (
                <Command.Group heading="Running" className={GROUP_LOOK}>
                  {sessions.map((session) => (
                    <Entry
                      key={session.id}
                      value={`Resume ${session.app_name} ${session.id}`}
                      keywords={[session.app_name]}
                      onSelect={after(() => context.go(`/sessions/${session.id}`))}
                    >
                      <AppTile name={session.app_name} icon={session.app_icon} size="small" />
                      <span className="flex-1 truncate">{session.app_name}</span>
                      <span className="flex items-center gap-2 text-[13px] text-live">
                        <LiveDot still /> Resume
                      </span>
                    </Entry>
                  ))}
                </Command.Group>
              )}
              <Command.Group heading="Apps" className={GROUP_LOOK}>
                {startable.map((app) => (
                  <Entry key={app.id} value={`${app.name} ${app.id}`} keywords={[app.category, app.description]} onSelect={after(() => launch.open(app))}>
                    <AppTile name={app.name} icon={app.icon} size="small" />
                    <span className="flex-1 truncate">{app.name}</span>
                    <span className="text-[13px] text-ink-3">{actionVerb(app, false)}</span>
                  </Entry>
                ))}
              </Command.Group>
              {GROUPS.map((group) => {
                const members = actions.filter((action) => action.group === group);
                if (members.length === 0) return null;
                return (
                  <Command.Group key={group} heading={group} className={GROUP_LOOK}>
                    {members.map((action) => (
                      <Entry key={action.id} value={action.label} keywords={[action.keywords]} onSelect={after(() => action.perform(context))}>
                        <Zap className="size-4 text-ink-3" aria-hidden="true" />
                        {action.label}
                      </Entry>
                    ))}
                  </Command.Group>
                );
              })}
            </Command.List>
            <div className="hidden items-center gap-4 border-t border-line bg-sunken/60 px-4 py-2 text-[12px] text-ink-3 sm:flex">
              <span className="flex items-center gap-1.5"><Kbd>↑</Kbd><Kbd>↓</Kbd> to choose</span>
              <span className="flex items-center gap-1.5"><Kbd><CornerDownLeft className="size-3" /></Kbd> to open</span>
              <span className="flex items-center gap-1.5"><Kbd>Esc</Kbd> to close</span>
            </div>
          </Command>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
