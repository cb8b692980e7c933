import { generate } from "lean-qr";
import { useMemo } from "react";

const QUIET_ZONE = 4;

/** The dark modules as one path, a stroke for every run in a row. */
export function qrPath(text: string): { path: string; size: number } {
  const code = generate(text);
  let path = "";
  for (let y = 0; y < code.size; y += 1) {
    for (let x = 0; x < code.size; x += 1) {
      if (!code.get(x, y)) continue;
      const begin = x;
      while (code.get(x + 1, y)) x += 1;
      path += `M${begin + QUIET_ZONE} ${y + QUIET_ZONE}h${x - begin + 1}v1H${begin + QUIET_ZONE}z`;
    }
  }
  return { path, size: code.size + 2 * QUIET_ZONE };
}

/** A QR code, drawn here: what it says goes to nobody else. Dark on white in both themes, as readers want it. */
export function QrCode({ text, label, className }: { text: string; label: string; className?: string }) {
  const { path, size } = useMemo(() => qrPath(text), [text]);
  return (
    <svg role="img" aria-label={label} viewBox={`0 0 ${size} ${size}`} shapeRendering="crispEdges" className={className}>
      <rect width={size} height={size} fill="#fff" rx="2" />
      <path d={path} fill="#000" />
    </svg>
  );
}
