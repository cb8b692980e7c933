import { useCallback, useEffect, useRef, useState } from "react";
import type { ScreenClient } from "./rfb-client";

export interface ClipboardLink {
  /** What the app copied last, where it may leave the app. */
  fromApp: string;
  /** Called with what the app copied. */
  onCopied: (text: string) => void;
  /** Gives a text to the app's clipboard. */
  send: (text: string) => void;
  /** Reads this computer's clipboard, asking for the right to, and gives it to the app. */
  share: () => Promise<"sent" | "empty" | "refused">;
}

async function mayReadSilently(): Promise<boolean> {
  try {
    const { state } = await navigator.permissions.query({ name: "clipboard-read" as PermissionName });
    return state === "granted";
  } catch {
    return false;
  }
}

/**
 * Carries texts between this computer and the app, in the directions that the session allows.
 * When the window gets the focus and reading was permitted once, it happens by itself.
 */
export function useClipboard(client: ScreenClient | null, allowed: { in: boolean; out: boolean }): ClipboardLink {
  const [fromApp, setFromApp] = useState("");
  const sent = useRef("");
  const mayIn = allowed.in;
  const mayOut = allowed.out;

  const onCopied = useCallback(
    (text: string) => {
      if (!mayOut) return;
      setFromApp(text);
      sent.current = text;
      // Where the browser refuses, the panel still has the text.
      if (document.hasFocus()) navigator.clipboard.writeText(text).catch(() => undefined);
    },
    [mayOut],
  );

  const send = useCallback(
    (text: string) => {
      if (!mayIn || !client || text === "") return;
      sent.current = text;
      client.paste(text);
    },
    [client, mayIn],
  );

  const share = useCallback(async () => {
    try {
      const text = await navigator.clipboard.readText();
      if (text === "") return "empty";
      send(text);
      return "sent";
    } catch {
      return "refused";
    }
  }, [send]);

  useEffect(() => {
    if (!client || !mayIn) return undefined;
    const onFocus = async () => {
      if (!(await mayReadSilently())) return;
      const text = await navigator.clipboard.readText().catch(() => "");
      if (text !== sent.current) send(text);
    };
    const listener = () => void onFocus();
    listener();
    window.addEventListener("focus", listener);
    return () => window.removeEventListener("focus", listener);
  }, [client, mayIn, send]);

  return { fromApp, onCopied, send, share };
}
