import { readStored, writeStored } from "@/lib/storage";

export type Edge = "top" | "right" | "bottom" | "left";

/** Where the bar sits: on which edge, and how far along it (0 to 1). */
export interface BarPlace {
  edge: Edge;
  along: number;
}

const KEY = "sortie-bar";
const DEFAULT: BarPlace = { edge: "top", along: 0.5 };
const MARGIN = 0.08;

const EDGES: readonly Edge[] = ["top", "right", "bottom", "left"];

export function isUpright(edge: Edge): boolean {
  return edge === "left" || edge === "right";
}

/** The place on the edge that is nearest to a point of the window. */
export function nearestPlace(x: number, y: number, width: number, height: number): BarPlace {
  const distances: [Edge, number][] = [
    ["top", y / height],
    ["bottom", (height - y) / height],
    ["left", x / width],
    ["right", (width - x) / width],
  ];
  const [edge] = distances.reduce((best, next) => (next[1] < best[1] ? next : best));
  const along = isUpright(edge) ? y / height : x / width;
  return { edge, along: Math.min(1 - MARGIN, Math.max(MARGIN, along)) };
}

export function storedPlace(): BarPlace {
  const [edge, along] = (readStored(KEY) ?? "").split(" ");
  const found = EDGES.find((name) => name === edge);
  const share = Number(along);
  return found && share > 0 && share < 1 ? { edge: found, along: share } : DEFAULT;
}

export function storePlace({ edge, along }: BarPlace): void {
  writeStored(KEY, `${edge} ${along.toFixed(3)}`);
}
