import { useState } from "react";
import { hueOf } from "@/lib/color";
import { cn } from "@/lib/format";

const SIZES = {
  small: "size-8 rounded-lg text-[13px]",
  medium: "size-11 rounded-[11px] text-[15px]",
  large: "size-16 rounded-2xl text-xl",
} as const;

interface AppTileProps {
  name: string;
  icon: string;
  size?: keyof typeof SIZES;
}

function isImage(icon: string): boolean {
  return /^(?:https:\/\/|\/(?!\/)|data:image\/)/.test(icon);
}

/** First letters of the first two words. */
export function initials(name: string): string {
  const words = name.trim().split(/[\s\-_]+/).filter(Boolean);
  const letters = words.slice(0, 2).map((word) => String.fromCodePoint(word.codePointAt(0) ?? 63));
  return letters.join("").toUpperCase() || "?";
}

/** The app's picture; a lettered tile of a steady colour where there is none or it is broken. */
export function AppTile({ name, icon, size = "medium" }: AppTileProps) {
  const [broken, setBroken] = useState<string | null>(null);
  if (isImage(icon) && broken !== icon) {
    return (
      <span className={cn("grid shrink-0 place-items-center overflow-hidden border border-line bg-sunken", SIZES[size])}>
        <img src={icon} alt="" loading="lazy" decoding="async" onError={() => setBroken(icon)} className="size-[70%] object-contain" />
      </span>
    );
  }
  const hue = hueOf(name);
  return (
    <span
      aria-hidden="true"
      className={cn("grid shrink-0 place-items-center font-semibold tracking-tight select-none", SIZES[size])}
      style={{
        background: `light-dark(oklch(0.925 0.045 ${hue}), oklch(0.31 0.055 ${hue}))`,
        color: `light-dark(oklch(0.38 0.1 ${hue}), oklch(0.88 0.07 ${hue}))`,
      }}
    >
      {initials(name)}
    </span>
  );
}
