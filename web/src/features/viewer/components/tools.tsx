import Activity from "lucide-react/icons/activity";
import Clipboard from "lucide-react/icons/clipboard";
import Expand from "lucide-react/icons/expand";
import House from "lucide-react/icons/house";
import KeyboardMusic from "lucide-react/icons/keyboard-music";
import MousePointer2 from "lucide-react/icons/mouse-pointer-2";
import Pointer from "lucide-react/icons/pointer";
import Shrink from "lucide-react/icons/shrink";
import Users from "lucide-react/icons/users";
import Square from "lucide-react/icons/square";
import { Link } from "react-router";
import type { Session } from "@/api/wire";
import { AppTile } from "@/components/apps/app-tile";
import { Kbd } from "@/components/ui/kbd";
import { useMedia } from "@/hooks/use-media";
import { cn } from "@/lib/format";
import { isUpright } from "../bar-place";
import type { Fit, ScreenClient } from "../rfb-client";
import type { TouchMode } from "../touch-gestures";
import type { Bar } from "../use-bar";
import type { ClipboardLink } from "../use-clipboard";
import { useFullscreen } from "../use-fullscreen";
import { PeoplePanel } from "../sharing/people-panel";
import { BAR_BUTTON } from "./bar-look";
import { BarPopover } from "./bar-popover";
import { ClipboardPanel } from "./clipboard-panel";
import { FitMenu } from "./fit-menu";
import { KeysMenu } from "./keys-menu";
import { QualityPanel } from "./quality-panel";

export interface ToolsProps {
  session: Session;
  client: ScreenClient | null;
  bar: Bar;
  clipboard: ClipboardLink;
  fit: Fit;
  onFit: (fit: Fit) => void;
  touchMode: TouchMode;
  onTouchMode: (mode: TouchMode) => void;
  isKeyboardShown: boolean;
  onKeyboard: () => void;
  onShare: () => void;
  onStop: () => void;
}

/** The buttons in the bar. Those that need a picture wait until there is one. */
export function Tools({ session, client, bar, clipboard, fit, onFit, touchMode, onTouchMode, isKeyboardShown, onKeyboard, onShare, onStop }: ToolsProps) {
  const isTouch = useMedia("(pointer: coarse)");
  const fullscreen = useFullscreen();
  const { edge } = bar.place;
  const upright = isUpright(edge);
  const isTrackpad = touchMode === "trackpad";
  return (
    <>
      <Link to="/" aria-label="Back to the catalog" title="Back to the catalog; the app keeps running" className={BAR_BUTTON}>
        <House />
      </Link>
      {!upright && (
        <span className="hidden max-w-44 items-center gap-2 px-1.5 sm:flex">
          <AppTile name={session.app_name} icon={session.app_icon} size="small" />
          <span className="truncate text-[13.5px] font-semibold">{session.app_name}</span>
        </span>
      )}
      <Divider upright={upright} />
      {client && (
        <>
          {isTouch && session.can_control && (
            <>
              <button type="button" aria-label="On-screen keyboard" aria-pressed={isKeyboardShown} onClick={onKeyboard} className={BAR_BUTTON}>
                <KeyboardMusic />
              </button>
              <button
                type="button"
                aria-label="Trackpad mode"
                aria-pressed={isTrackpad}
                title={isTrackpad ? "Fingers move the pointer like on a trackpad" : "Fingers touch the app directly"}
                onClick={() => onTouchMode(isTrackpad ? "direct" : "trackpad")}
                className={BAR_BUTTON}
              >
                {isTrackpad ? <MousePointer2 /> : <Pointer />}
              </button>
            </>
          )}
          {session.can_control && <KeysMenu client={client} edge={edge} onOpenChange={bar.pin} />}
          <BarPopover label="Clipboard" icon={<Clipboard />} edge={edge} onOpenChange={bar.pin}>
            <ClipboardPanel clipboard={clipboard} allowed={session.clipboard} appName={session.app_name} />
          </BarPopover>
          <FitMenu fit={fit} canResize={session.capabilities.resize && !session.is_shared} edge={edge} onFit={onFit} onOpenChange={bar.pin} />
          <BarPopover label="Connection quality" icon={<Activity />} edge={edge} onOpenChange={bar.pin}>
            <QualityPanel client={client} />
          </BarPopover>
        </>
      )}
      {fullscreen.isPossible && (
        <button
          type="button"
          aria-label={fullscreen.isFull ? "Leave full screen" : "Full screen"}
          title={fullscreen.isFull ? "Leave full screen" : "Full screen"}
          onClick={fullscreen.toggle}
          className={BAR_BUTTON}
        >
          {fullscreen.isFull ? <Shrink /> : <Expand />}
        </button>
      )}
      {!session.is_shared && (
        <BarPopover label={peopleLabel(session.viewers)} icon={<Users className={session.viewers > 0 ? "text-live" : ""} />} edge={edge} onOpenChange={bar.pin}>
          <PeoplePanel session={session} onShare={onShare} />
        </BarPopover>
      )}
      {!session.is_shared && <Divider upright={upright} />}
      {!session.is_shared && <button type="button" aria-label="Stop session" title="Stop session" onClick={onStop} className={cn(BAR_BUTTON, "hover:bg-danger-soft hover:text-danger")}>
        <Square fill="currentColor" className="!size-3.5" />
      </button>}
      {!upright && !isTouch && (
        <span className="hidden items-center gap-1 border-l border-line pr-1.5 pl-3 text-[12px] text-ink-3 lg:flex" title="Press and release together to bring this bar back">
          <Kbd>Ctrl</Kbd>
          <Kbd>Alt</Kbd>
          <Kbd>Shift</Kbd>
          <span className="ml-1">to get here</span>
        </span>
      )}
    </>
  );
}

function peopleLabel(viewers: number): string {
  return viewers === 0 ? "People" : `People, ${viewers} with you`;
}

function Divider({ upright }: { upright: boolean }) {
  return <span aria-hidden="true" className={cn("shrink-0 bg-line", upright ? "my-1 h-px w-6" : "mx-1 h-6 w-px")} />;
}
