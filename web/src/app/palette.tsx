import { lazy, Suspense, useEffect, useState } from "react";
import { onPaletteRequest } from "@/lib/palette-request";

const PaletteWindow = lazy(async () => ({ default: (await import("./palette-window")).PaletteWindow }));

/** Listens for Ctrl-K or Command-K; the window itself is loaded when it is first wanted. */
export function Palette() {
  const [open, setOpen] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
      event.preventDefault();
      setOpen((known) => !known);
    };
    window.addEventListener("keydown", onKey);
    const stop = onPaletteRequest(() => setOpen(true));
    return () => {
      window.removeEventListener("keydown", onKey);
      stop();
    };
  }, []);
  return <Suspense>{open && <PaletteWindow onClose={() => setOpen(false)} />}</Suspense>;
}
