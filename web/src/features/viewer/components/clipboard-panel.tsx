import { useState } from "react";
import { Button } from "@/components/ui/button";
import { TextArea } from "@/components/ui/field";
import { showToast } from "@/lib/toasts";
import type { ClipboardLink } from "../use-clipboard";

interface ClipboardPanelProps {
  clipboard: ClipboardLink;
  allowed: { in: boolean; out: boolean };
  appName: string;
}

const SHARED = {
  sent: "Your clipboard is in the app: paste it there",
  empty: "Your clipboard holds no text",
  refused: "The browser did not allow it: paste into the field instead",
} as const;

/** What goes into the app and what came out of it, for browsers that ask and for long texts. */
export function ClipboardPanel({ clipboard, allowed, appName }: ClipboardPanelProps) {
  const [text, setText] = useState("");
  const share = async () => {
    const outcome = await clipboard.share();
    showToast({ tone: outcome === "sent" ? "done" : "problem", text: SHARED[outcome] });
  };
  if (!allowed.in && !allowed.out) {
    return <p className="text-[13px] text-ink-2">The clipboard of this app is switched off by its owner.</p>;
  }
  return (
    <div className="flex flex-col gap-4">
      {allowed.in ? (
        <div className="flex flex-col gap-2">
          <TextArea label={`Into ${appName}`} placeholder="Type or paste here" value={text} onChange={(event) => setText(event.target.value)} />
          <div className="flex flex-wrap gap-2">
            <Button
              size="small"
              tone="primary"
              disabled={text === ""}
              onClick={() => {
                clipboard.send(text);
                setText("");
                showToast({ tone: "done", text: SHARED.sent });
              }}
            >
              Send to the app
            </Button>
            <Button size="small" onClick={() => void share()}>
              Use my clipboard
            </Button>
          </div>
        </div>
      ) : (
        <p className="text-[13px] text-ink-2">Pasting into this app is switched off.</p>
      )}
      {allowed.out ? (
        <div className="flex flex-col gap-2">
          <TextArea label={`Copied in ${appName}`} readOnly value={clipboard.fromApp} placeholder="Nothing yet" />
          <Button
            size="small"
            className="self-start"
            disabled={clipboard.fromApp === ""}
            onClick={() => {
              navigator.clipboard.writeText(clipboard.fromApp).then(
                () => showToast({ tone: "done", text: "Copied to your clipboard" }),
                () => showToast({ tone: "problem", text: "The browser did not allow it: select the text and copy it" }),
              );
            }}
          >
            Copy to this computer
          </Button>
        </div>
      ) : (
        <p className="text-[13px] text-ink-2">Copying out of this app is switched off.</p>
      )}
    </div>
  );
}
