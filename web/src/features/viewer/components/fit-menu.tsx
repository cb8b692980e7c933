import Check from "lucide-react/icons/check";
import ScanLine from "lucide-react/icons/scan-line";
import type { Edge } from "../bar-place";
import type { Fit } from "../rfb-client";
import { BarPopover } from "./bar-popover";

const FITS = [
  { fit: "resize", label: "Match the window", note: "The app gets a screen of the window's size" },
  { fit: "scale", label: "Scale to the window", note: "The whole screen, drawn larger or smaller" },
  { fit: "actual", label: "Actual size", note: "Pixel for pixel, scroll to see the rest" },
] as const satisfies readonly { fit: Fit; label: string; note: string }[];

interface FitMenuProps {
  fit: Fit;
  canResize: boolean;
  edge: Edge;
  onFit: (fit: Fit) => void;
  onOpenChange: (isOpen: boolean) => void;
}

export function FitMenu({ fit, canResize, edge, onFit, onOpenChange }: FitMenuProps) {
  return (
    <BarPopover label="Screen size" icon={<ScanLine />} edge={edge} onOpenChange={onOpenChange}>
      <h2 className="mb-2 text-[13px] font-semibold">Screen size</h2>
      <div role="radiogroup" aria-label="Screen size" className="-mx-2 flex flex-col">
        {FITS.filter((choice) => canResize || choice.fit !== "resize").map((choice) => (
          <button
            key={choice.fit}
            type="button"
            role="radio"
            aria-checked={fit === choice.fit}
            onClick={() => onFit(choice.fit)}
            className="flex items-center gap-3 rounded-lg p-2 text-left hover:bg-hover"
          >
            <span className="min-w-0 flex-1">
              <span className="block text-[13.5px] font-medium">{choice.label}</span>
              <span className="block text-[12.5px] text-ink-3">{choice.note}</span>
            </span>
            {fit === choice.fit && <Check className="size-4 text-signal" aria-hidden="true" />}
          </button>
        ))}
      </div>
    </BarPopover>
  );
}
