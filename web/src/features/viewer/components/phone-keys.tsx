import ArrowDown from "lucide-react/icons/arrow-down";
import ArrowLeft from "lucide-react/icons/arrow-left";
import ArrowRight from "lucide-react/icons/arrow-right";
import ArrowUp from "lucide-react/icons/arrow-up";
import KeyboardOff from "lucide-react/icons/keyboard-off";
import { useEffect, useRef, useState, type ReactNode } from "react";
import { cn } from "@/lib/format";
import { typed, type KeyName } from "../keysyms";
import type { ScreenClient } from "../rfb-client";

const MODIFIERS = [
  { key: "Control", label: "Ctrl" },
  { key: "Alt", label: "Alt" },
  { key: "Shift", label: "Shift" },
  { key: "Super", label: "Super" },
] as const satisfies readonly { key: KeyName; label: string }[];

const KEYS: readonly { key: KeyName; label: string; face?: ReactNode }[] = [
  { key: "Escape", label: "Esc" },
  { key: "Tab", label: "Tab" },
  { key: "Left", label: "Left", face: <ArrowLeft /> },
  { key: "Up", label: "Up", face: <ArrowUp /> },
  { key: "Down", label: "Down", face: <ArrowDown /> },
  { key: "Right", label: "Right", face: <ArrowRight /> },
  { key: "Home", label: "Home" },
  { key: "End", label: "End" },
  { key: "PageUp", label: "PgUp" },
  { key: "PageDown", label: "PgDn" },
  { key: "Delete", label: "Del" },
];

const LOOK =
  "grid h-11 min-w-11 shrink-0 place-items-center rounded-lg px-3 text-[13px] font-medium active:bg-hover [&_svg]:size-4";
/** A keyboard deletes only what it believes to be there. */
const PADDING = "·".repeat(16);

/** The phone's own keyboard, and above it the keys that it lacks. A modifier holds for one key. */
export function PhoneKeys({ client, onClose }: { client: ScreenClient; onClose: () => void }) {
  const field = useRef<HTMLTextAreaElement>(null);
  const known = useRef(PADDING);
  const [held, setHeld] = useState<readonly KeyName[]>([]);

  useEffect(() => {
    field.current?.focus();
  }, []);

  const withHeld = (perform: () => void) => {
    held.forEach((key) => client.hold(key, true));
    perform();
    [...held].reverse().forEach((key) => client.hold(key, false));
    setHeld([]);
  };
  const onInput = (value: string) => {
    const { backspaces, text } = typed(known.current, value);
    known.current = value;
    withHeld(() => {
      for (let count = 0; count < backspaces; count += 1) client.press(["Backspace"]);
      client.type(text);
    });
    if (field.current && (value.length < PADDING.length / 2 || value.length > 200)) {
      field.current.value = PADDING;
      known.current = PADDING;
    }
  };

  return (
    <div className="absolute inset-x-0 bottom-0 z-20 border-t border-line bg-surface/95 backdrop-blur">
      <div className="flex gap-1 overflow-x-auto p-1.5 [scrollbar-width:none]">
        {MODIFIERS.map(({ key, label }) => (
          <button
            key={key}
            type="button"
            aria-pressed={held.includes(key)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => setHeld(held.includes(key) ? held.filter((name) => name !== key) : [...held, key])}
            className={cn(LOOK, held.includes(key) ? "bg-signal-soft text-signal" : "bg-sunken")}
          >
            {label}
          </button>
        ))}
        {KEYS.map(({ key, label, face }) => (
          <button
            key={key}
            type="button"
            aria-label={label}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => withHeld(() => client.press([key]))}
            className={cn(LOOK, "bg-sunken")}
          >
            {face ?? label}
          </button>
        ))}
        <button type="button" aria-label="Hide the keyboard" onClick={onClose} className={cn(LOOK, "sticky right-0 bg-surface")}>
          <KeyboardOff />
        </button>
      </div>
      <textarea
        ref={field}
        aria-label="Type into the app"
        defaultValue={PADDING}
        autoCapitalize="none"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        onInput={(event) => onInput(event.currentTarget.value)}
        className="absolute -z-10 h-px w-px opacity-0"
      />
    </div>
  );
}
