import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import { openLink } from "@/api/apps";
import { launchSession, liveSessionsQuery, restartSession, sessionQuery } from "@/api/sessions";
import type { App, Session } from "@/api/wire";
import { rememberRecent } from "@/lib/recents";

const PHONE_SCREEN_WIDTH = 720;

export function sessionPath(id: string): string {
  return `/sessions/${encodeURIComponent(id)}`;
}

/** The window as the first size of the screen, so that nothing is scaled. */
function screenSize(): { screen_width: number; screen_height: number } {
  const isTouch = window.matchMedia("(pointer: coarse)").matches;
  if (isTouch) {
    // A phone's own size is too small for desktop programs; pinching makes up for the difference.
    const larger = Math.max(1, PHONE_SCREEN_WIDTH / window.innerWidth);
    const even = (length: number) => Math.round((length * larger) / 2) * 2;
    return { screen_width: even(window.innerWidth), screen_height: even(window.innerHeight) };
  }
  return { screen_width: Math.max(640, window.innerWidth), screen_height: Math.max(480, window.innerHeight) };
}

/**
 * Starting things: one place, so that card, palette and details do the same. `onFailure` is called
 * even when the component that asked is gone by then.
 */
export function useLaunch(onFailure?: (cause: unknown) => void) {
  const client = useQueryClient();
  const navigate = useNavigate();

  const show = (session: Session) => {
    client.setQueryData(sessionQuery(session.id).queryKey, session);
    client.setQueryData(liveSessionsQuery.queryKey, (list) =>
      list ? [session, ...list.filter((known) => known.id !== session.id)] : list,
    );
    void navigate(sessionPath(session.id));
  };

  const launch = useMutation({
    mutationFn: async (app: App) => {
      rememberRecent(app.id);
      return await launchSession({ app_id: app.id, ...screenSize() });
    },
    onSuccess: show,
    onError: (cause) => onFailure?.(cause),
  });
  const link = useMutation({
    mutationFn: async (app: App) => {
      rememberRecent(app.id);
      // Opened before the answer, or the browser takes it for an unwanted window.
      const tab = window.open("about:blank", "_blank");
      try {
        const url = await openLink(app.id);
        if (tab) {
          tab.opener = null;
          tab.location.replace(url);
        } else window.location.assign(url);
      } catch (cause) {
        tab?.close();
        throw cause;
      }
    },
    onError: (cause) => onFailure?.(cause),
  });
  const restart = useMutation({ mutationFn: restartSession, onSuccess: show, onError: (cause) => onFailure?.(cause) });

  /** Resumes what runs, opens what is a link, launches the rest. */
  const open = (app: App, session?: Session) => {
    if (session) void navigate(sessionPath(session.id));
    else if (app.launch_type === "url") link.mutate(app);
    else launch.mutate(app);
  };

  return {
    open,
    restart,
    busyAppId: launch.isPending ? launch.variables.id : link.isPending ? link.variables.id : null,
    failure: launch.error ?? link.error,
    failedApp: launch.error ? launch.variables : link.error ? link.variables : undefined,
    forget: () => {
      launch.reset();
      link.reset();
    },
  };
}
