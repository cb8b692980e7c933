import Keyboard from "lucide-react/icons/keyboard";
import { Kbd } from "@/components/ui/kbd";
import type { Edge } from "../bar-place";
import { COMBINATIONS } from "../keysyms";
import type { ScreenClient } from "../rfb-client";
import { BarPopover } from "./bar-popover";

/** Keys that the browser keeps for itself, as buttons. */
export function KeysMenu({ client, edge, onOpenChange }: { client: ScreenClient; edge: Edge; onOpenChange: (isOpen: boolean) => void }) {
  return (
    <BarPopover label="Send keys" icon={<Keyboard />} edge={edge} onOpenChange={onOpenChange}>
      <h2 className="mb-2 text-[13px] font-semibold">Send keys to the app</h2>
      <div className="-mx-2 flex flex-col">
        {COMBINATIONS.map(({ label, keys }) => (
          <button
            key={label}
            type="button"
            aria-label={`Send ${label}`}
            onClick={() => client.press(keys)}
            className="flex h-9 items-center gap-1.5 rounded-lg px-2 text-left hover:bg-hover touch:h-11"
          >
            {label.split(" ").map((part) => (
              <Kbd key={part}>{part}</Kbd>
            ))}
          </button>
        ))}
      </div>
    </BarPopover>
  );
}
