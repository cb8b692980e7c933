import { lazy, Suspense, useCallback, useEffect, useRef, useState } from "react";
import { useNavigate } from "react-router";
import type { Session } from "@/api/wire";
import { StopSession } from "@/components/sessions/stop-session";
import { useMedia } from "@/hooks/use-media";
import { cn } from "@/lib/format";
import { storedFit, storeFit } from "../fit";
import type { TouchMode } from "../touch-gestures";
import { SharingBanner } from "../sharing/sharing-banner";
import { WaitingPeople } from "../sharing/waiting-people";
import { useBar } from "../use-bar";
import { useClipboard } from "../use-clipboard";
import { useScreen } from "../use-screen";
import { EdgeBar } from "./edge-bar";
import { LinkEnded } from "./link-ended";
import { PhoneKeys } from "./phone-keys";
import { Tools } from "./tools";
import { TouchLayer, WHOLE_VIEW } from "./touch-layer";
import { LastFrame, WaitingOverlay } from "./waiting-overlay";

const ShareDialog = lazy(async () => ({ default: (await import("../sharing/share-dialog")).ShareDialog }));

/** The screen of a running session, which fills the window, and the tools at its edge. */
export function ScreenView({ session, onEnded }: { session: Session; onEnded: () => void }) {
  const target = useRef<HTMLDivElement>(null);
  const navigate = useNavigate();
  const isTouch = useMedia("(pointer: coarse)");
  const [fit, setFit] = useState(() => storedFit(session.capabilities.resize && !session.is_shared));
  const [touchMode, setTouchMode] = useState<TouchMode>("direct");
  const [isKeyboardShown, setIsKeyboardShown] = useState(false);
  const [isSharing, setIsSharing] = useState(false);
  const [isStopping, setIsStopping] = useState(false);
  const [view, setView] = useState(WHOLE_VIEW);

  const copied = useRef<(text: string) => void>(() => undefined);
  const { link, client, lastFrame, retry } = useScreen(target, session.websocket_url, (text) => copied.current(text));
  const clipboard = useClipboard(client, session.clipboard);
  useEffect(() => {
    copied.current = clipboard.onCopied;
  }, [clipboard.onCopied]);

  const onChord = useCallback(() => {
    client?.blur();
    document.querySelector<HTMLElement>("[role=toolbar] a")?.focus();
  }, [client]);
  const bar = useBar(onChord);

  const canControl = session.can_control;
  useEffect(() => client?.fit(fit), [client, fit]);
  useEffect(() => client?.watchOnly(!canControl), [client, canControl]);
  useEffect(() => {
    // A stream that closed may mean that one's rights have changed.
    if (link.kind === "waiting") onEnded();
  }, [link.kind, onEnded]);
  useEffect(() => {
    if (client && !isTouch) client.focus();
  }, [client, isTouch]);

  return (
    <main
      data-testid="screen"
      data-state={link.kind}
      aria-label={`Screen of ${session.app_name}`}
      className="fixed inset-0 touch-none overflow-hidden overscroll-none bg-sunken"
    >
      {lastFrame && link.kind !== "live" && <LastFrame frame={lastFrame} />}
      <div
        ref={target}
        onPointerDown={bar.hideNow}
        className={cn("absolute inset-0 origin-top-left", link.kind !== "live" && "opacity-0")}
        style={{ transform: `translate(${view.x}px, ${view.y}px) scale(${view.zoom})` }}
      />
      <SharingBanner session={session} />
      <WaitingPeople session={session} />
      {client && isTouch && canControl && <TouchLayer client={client} mode={touchMode} view={view} onView={setView} onTouch={bar.hideNow} />}
      {link.kind === "connecting" && link.attempt === 0 && <FirstConnection name={session.app_name} />}
      {(link.kind === "waiting" || (link.kind === "connecting" && link.attempt > 0)) && <WaitingOverlay link={link} onRetry={retry} />}
      {link.kind === "ended" && <LinkEnded because={link.because} reason={link.reason} onCheck={onEnded} />}
      <EdgeBar bar={bar} label={`Controls of ${session.app_name}`}>
        <Tools
          {...{ session, client, bar, clipboard, fit, touchMode, isKeyboardShown }}
          onFit={(next) => {
            setFit(next);
            storeFit(next);
          }}
          onTouchMode={setTouchMode}
          onKeyboard={() => setIsKeyboardShown(!isKeyboardShown)}
          onShare={() => setIsSharing(true)}
          onStop={() => setIsStopping(true)}
        />
      </EdgeBar>
      {client && isKeyboardShown && <PhoneKeys client={client} onClose={() => setIsKeyboardShown(false)} />}
      <Suspense>{isSharing && <ShareDialog session={session} onClose={() => setIsSharing(false)} />}</Suspense>
      <StopSession session={isStopping ? session : null} onClose={() => setIsStopping(false)} onStopped={() => void navigate("/")} />
    </main>
  );
}

function FirstConnection({ name }: { name: string }) {
  return (
    <div role="status" className="absolute inset-0 grid animate-fade place-items-center">
      <div className="w-44 text-center">
        <p className="text-sm text-ink-2">Connecting to {name}…</p>
        <div aria-hidden="true" className="mt-3 h-[3px] overflow-hidden rounded-full bg-line">
          <div className="h-full w-1/3 animate-sweep rounded-full bg-signal" />
        </div>
      </div>
    </div>
  );
}
