import type { SessionEvent } from "./wire";

/** One message of the server's event stream. */
export type LiveEvent =
  | { kind: "connected" }
  | { kind: "resync" }
  /** The stream was refused or cut for good; it is tried again, but its reason may be a sign-out. */
  | { kind: "lost" }
  | { kind: "apps" }
  /** Somebody asked for access to an app, or such a request was settled. */
  | { kind: "access" }
  | { kind: "session"; event: SessionEvent };

type Shared = { id: string; event: LiveEvent };

const NAME = "sortie-events";
const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
const JOINED_MS = 500;

/**
 * Follows the server's events with one connection per browser: the tab that holds a lock reads
 * the stream and passes each event on to the others. When it closes, the next tab takes over
 * where it ended. Browsers without locks (plain http away from loopback) open one per tab.
 * Answers the way to stop.
 */
export function followEvents(url: string, listener: (event: LiveEvent) => void): () => void {
  const stop = new AbortController();
  const channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(NAME);
  let lastId = "";

  channel?.addEventListener("message", ({ data }: MessageEvent<Shared>) => {
    if (data.id) lastId = data.id;
    listener(data.event);
  });

  let leads = false;
  // A tab that joins late hears no greeting: what it read before it listened may be old.
  const late = setTimeout(() => leads || listener({ kind: "connected" }), JOINED_MS);

  const lead = () => {
    leads = true;
    return readStream(url, () => lastId, stop.signal, (shared) => {
      if (shared.id) lastId = shared.id;
      channel?.postMessage(shared);
      listener(shared.event);
    });
  };

  // The types promise locks everywhere; insecure contexts do not have them.
  const locks = (navigator as Partial<Navigator>).locks;
  if (locks && channel) {
    // The promise settles when this tab stops; being aborted while waiting is no failure.
    void locks.request(NAME, { signal: stop.signal }, lead).catch(() => undefined);
  } else {
    void lead();
  }
  return () => {
    stop.abort();
    clearTimeout(late);
    channel?.close();
  };
}

function readStream(
  url: string,
  position: () => string,
  signal: AbortSignal,
  emit: (shared: Shared) => void,
): Promise<void> {
  return new Promise((resolve) => {
    let source: EventSource | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let retryMs = FIRST_RETRY_MS;

    const open = () => {
      const after = position();
      source = new EventSource(after ? `${url}${url.includes("?") ? "&" : "?"}after=${encodeURIComponent(after)}` : url);
      const pass = (read: (data: string) => LiveEvent) => (message: MessageEvent<string>) => {
        emit({ id: message.lastEventId, event: read(message.data) });
      };
      source.addEventListener("connected", (message: MessageEvent<string>) => {
        retryMs = FIRST_RETRY_MS;
        pass(() => ({ kind: "connected" }))(message);
      });
      source.addEventListener("resync", pass(() => ({ kind: "resync" })));
      source.addEventListener("apps", pass(() => ({ kind: "apps" })));
      source.addEventListener("access_request", pass(() => ({ kind: "access" })));
      source.addEventListener(
        "session",
        pass((data) => ({ kind: "session", event: JSON.parse(data) as SessionEvent })),
      );
      source.addEventListener("error", () => {
        // While it is CONNECTING the browser tries again by itself, with the last id.
        if (source?.readyState !== EventSource.CLOSED) return;
        emit({ id: "", event: { kind: "lost" } });
        timer = setTimeout(open, retryMs);
        retryMs = Math.min(LAST_RETRY_MS, retryMs * 2);
      });
    };

    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      source?.close();
      resolve();
    });
    open();
  });
}
