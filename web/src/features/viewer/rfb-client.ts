import RFB from "@novnc/novnc";
import { KEY, keysymOf, type KeyName } from "./keysyms";

/** How the app's screen meets the window. */
export type Fit = "resize" | "scale" | "actual";

export interface ScreenEvents {
  onLive: () => void;
  /** Once, with the code of the stream and the words that came with it. */
  onClosed: (code: number, reason: string) => void;
  /** The app copied something. */
  onCopied: (text: string) => void;
}

export interface Traffic {
  bytes: number;
  frames: number;
}

/** One connection to one screen. */
export interface ScreenClient {
  readonly canvas: HTMLCanvasElement | null;
  readonly traffic: Traffic;
  /** The last picture, for as long as the connection is gone. */
  readonly lastFrame: () => HTMLCanvasElement | null;
  press: (keys: readonly KeyName[]) => void;
  hold: (key: KeyName, down: boolean) => void;
  type: (text: string) => void;
  paste: (text: string) => void;
  fit: (fit: Fit) => void;
  /** Whether keys and pointer stay here; the server drops them too. */
  watchOnly: (only: boolean) => void;
  focus: () => void;
  blur: () => void;
  close: () => void;
}

const ABNORMAL = 1006;

function streamUrl(path: string): string {
  const url = new URL(path, window.location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  return url.href;
}

/** Counts pictures that reach the screen, through the canvas that they are painted on. */
function countFrames(canvas: HTMLCanvasElement, traffic: Traffic): void {
  const context = canvas.getContext("2d");
  if (!context) return;
  const draw = context.drawImage.bind(context) as (...args: unknown[]) => void;
  context.drawImage = (...args: unknown[]) => {
    traffic.frames += 1;
    draw(...args);
  };
}

function copyOf(canvas: HTMLCanvasElement | null): HTMLCanvasElement | null {
  if (!canvas || canvas.width === 0 || canvas.height === 0) return null;
  const copy = document.createElement("canvas");
  copy.width = canvas.width;
  copy.height = canvas.height;
  copy.getContext("2d")?.drawImage(canvas, 0, 0);
  return copy;
}

/** Opens the stream at `path` and shows its screen inside `target`. The only user of noVNC. */
export function connectScreen(target: HTMLElement, path: string, events: ScreenEvents): ScreenClient {
  // Opened here, not by noVNC, because it would keep the close code to itself.
  const socket = new WebSocket(streamUrl(path), ["binary"]);
  socket.binaryType = "arraybuffer";
  const traffic: Traffic = { bytes: 0, frames: 0 };
  let last: HTMLCanvasElement | null = null;
  let isClosed = false;

  const finish = (code: number, reason: string) => {
    if (isClosed) return;
    isClosed = true;
    last = copyOf(canvas());
    events.onClosed(code, reason);
  };
  const canvas = () => target.querySelector("canvas");

  // Registered before noVNC's own handlers: at this moment the picture is still there.
  socket.addEventListener("close", ({ code, reason }) => finish(code, reason));
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data instanceof ArrayBuffer) traffic.bytes += data.byteLength;
  });

  const rfb = new RFB(target, socket, { shared: true });
  rfb.background = "transparent";
  rfb.qualityLevel = 7;
  rfb.showDotCursor = true;
  rfb.addEventListener("connect", () => {
    const painted = canvas();
    if (painted) countFrames(painted, traffic);
    events.onLive();
  });
  rfb.addEventListener("clipboard", (event) => {
    const { text } = (event as CustomEvent<{ text: string }>).detail;
    if (text) events.onCopied(text);
  });
  rfb.addEventListener("securityfailure", () => finish(ABNORMAL, "The screen refused the connection"));
  rfb.addEventListener("disconnect", () => finish(ABNORMAL, ""));

  const key = (name: KeyName, down: boolean) => rfb.sendKey(KEY[name].keysym, KEY[name].code, down);

  return {
    get canvas() {
      return canvas();
    },
    traffic,
    lastFrame: () => last,
    press: (keys) => {
      keys.forEach((name) => key(name, true));
      [...keys].reverse().forEach((name) => key(name, false));
    },
    hold: key,
    type: (text) => {
      for (const char of text) {
        const keysym = keysymOf(char);
        if (keysym !== null) rfb.sendKey(keysym, null);
      }
    },
    paste: (text) => rfb.clipboardPasteFrom(text),
    fit: (fit) => {
      rfb.scaleViewport = fit !== "actual";
      rfb.resizeSession = fit === "resize";
    },
    watchOnly: (only) => {
      rfb.viewOnly = only;
    },
    focus: () => rfb.focus({ preventScroll: true }),
    blur: () => rfb.blur(),
    close: () => {
      isClosed = true;
      rfb.disconnect();
    },
  };
}
