import GripHorizontal from "lucide-react/icons/grip-horizontal";
import GripVertical from "lucide-react/icons/grip-vertical";
import { useRef, type ReactNode } from "react";
import { cn } from "@/lib/format";
import { isUpright, type BarPlace, type Edge } from "../bar-place";
import type { Bar } from "../use-bar";

const SIDES: Readonly<Record<Edge, string>> = {
  top: "top-0 -translate-x-1/2",
  bottom: "bottom-0 -translate-x-1/2",
  left: "left-0 -translate-y-1/2",
  right: "right-0 -translate-y-1/2",
};
const HIDDEN: Readonly<Record<Edge, string>> = {
  top: "-translate-y-full",
  bottom: "translate-y-full",
  left: "-translate-x-full",
  right: "translate-x-full",
};
const ROUND: Readonly<Record<Edge, string>> = {
  top: "rounded-b-xl border-t-0",
  bottom: "rounded-t-xl border-b-0",
  left: "rounded-r-xl border-l-0",
  right: "rounded-l-xl border-r-0",
};
const HANDLE: Readonly<Record<Edge, string>> = {
  top: "top-0 h-1.5 w-16 rounded-b-full touch:h-3",
  bottom: "bottom-0 h-1.5 w-16 rounded-t-full touch:h-3",
  left: "left-0 h-16 w-1.5 rounded-r-full touch:w-3",
  right: "right-0 h-16 w-1.5 rounded-l-full touch:w-3",
};
const CLOCKWISE = { top: "right", right: "bottom", bottom: "left", left: "top" } as const satisfies Record<Edge, Edge>;

function position({ edge, along }: BarPlace) {
  return isUpright(edge) ? { top: `${along * 100}%` } : { left: `${along * 100}%` };
}

/** The bar itself: a thin handle on one edge that becomes a row of tools. */
export function EdgeBar({ bar, label, children }: { bar: Bar; label: string; children: ReactNode }) {
  const box = useRef<HTMLDivElement>(null);
  const { place, isOpen } = bar;
  const { edge } = place;
  const upright = isUpright(edge);
  const style = position(place);
  return (
    <>
      <button
        type="button"
        aria-label="Show the controls"
        title="Controls (Ctrl Alt Shift)"
        tabIndex={isOpen ? -1 : 0}
        aria-hidden={isOpen}
        onPointerEnter={({ pointerType }) => pointerType === "mouse" && bar.show()}
        onClick={bar.show}
        onFocus={bar.show}
        // One colour for both themes: it lies on the app's picture, not on ours.
        className={cn(
          "absolute z-20 bg-[#8b93a3] ring-1 ring-white/50 outline-1 outline-black/40 transition-opacity duration-200",
          "after:absolute after:-inset-2",
          upright ? "-translate-y-1/2" : "-translate-x-1/2",
          HANDLE[edge],
          isOpen && "opacity-0",
        )}
        style={style}
      />
      <div
        ref={box}
        role="toolbar"
        aria-label={label}
        aria-orientation={upright ? "vertical" : "horizontal"}
        inert={!isOpen}
        onPointerEnter={bar.show}
        onPointerLeave={({ pointerType }) => pointerType === "mouse" && bar.hideSoon()}
        onFocus={bar.show}
        onBlur={() => bar.hideSoon()}
        className={cn("absolute z-20", upright ? "h-max max-h-dvh" : "w-max max-w-[100vw]", SIDES[edge])}
        style={style}
      >
        <div
          className={cn(
            "flex max-h-dvh max-w-[100vw] items-center gap-0.5 overflow-auto border border-line bg-surface/95 p-1 shadow-float backdrop-blur-md transition-transform duration-200 ease-out [scrollbar-width:none]",
            upright ? "flex-col" : "flex-wrap justify-center",
            ROUND[edge],
            !isOpen && HIDDEN[edge],
          )}
        >
          <button
            type="button"
            aria-label="Move the bar to another edge"
            title="Drag to another edge"
            {...bar.drag}
            onKeyDown={({ key }) => key === "Enter" && bar.move({ edge: CLOCKWISE[edge], along: place.along })}
            className={cn(
              "grid shrink-0 touch-none place-items-center rounded-md text-ink-3 hover:text-ink [&_svg]:size-4",
              bar.isDragged ? "cursor-grabbing" : "cursor-grab",
              upright ? "h-6 w-9" : "h-9 w-6",
            )}
          >
            {upright ? <GripHorizontal /> : <GripVertical />}
          </button>
          {children}
        </div>
      </div>
    </>
  );
}
