import { useEffect, useState } from "react";
import { bytes } from "@/lib/format";
import type { ScreenClient } from "../rfb-client";

const PACE_MS = 1000;
const KEPT = 40;

interface Sample {
  roundTripMs: number | null;
  framesPerSecond: number;
  bytesPerSecond: number;
}

/** Time to the server and back, measured with the smallest answer that it has. */
async function measureRoundTrip(): Promise<number | null> {
  const start = performance.now();
  try {
    await fetch("/healthz", { method: "GET", cache: "no-store" });
    return performance.now() - start;
  } catch {
    return null;
  }
}

function verdict({ roundTripMs }: Sample): { word: string; tone: string } {
  if (roundTripMs === null) return { word: "No answer", tone: "text-danger" };
  if (roundTripMs < 60) return { word: "Excellent", tone: "text-live" };
  if (roundTripMs < 150) return { word: "Good", tone: "text-live" };
  if (roundTripMs < 300) return { word: "Noticeable delay", tone: "text-warn" };
  return { word: "Slow", tone: "text-danger" };
}

/** Round trip, pictures per second and throughput, for as long as somebody looks. */
export function QualityPanel({ client }: { client: ScreenClient }) {
  const [samples, setSamples] = useState<readonly Sample[]>([]);
  useEffect(() => {
    let isGone = false;
    let before = { ...client.traffic, at: performance.now() };
    const measure = async () => {
      const roundTripMs = await measureRoundTrip();
      if (isGone) return;
      const now = { ...client.traffic, at: performance.now() };
      const seconds = Math.max(0.001, (now.at - before.at) / 1000);
      const sample = {
        roundTripMs,
        framesPerSecond: (now.frames - before.frames) / seconds,
        bytesPerSecond: (now.bytes - before.bytes) / seconds,
      };
      before = now;
      setSamples((known) => [...known.slice(1 - KEPT), sample]);
    };
    void measure();
    const timer = setInterval(() => void measure(), PACE_MS);
    return () => {
      isGone = true;
      clearInterval(timer);
    };
  }, [client]);

  const last = samples.at(-1);
  if (!last) return <p className="text-[13px] text-ink-2">Measuring…</p>;
  const { word, tone } = verdict(last);
  const rows: [string, string][] = [
    ["Round trip to the server", last.roundTripMs === null ? "–" : `${Math.round(last.roundTripMs)} ms`],
    ["Pictures", `${Math.round(last.framesPerSecond)} per second`],
    ["Received", `${bytes(last.bytesPerSecond)}/s`],
  ];
  const peak = Math.max(1, ...samples.map((sample) => sample.roundTripMs ?? 0));
  return (
    <div>
      <p className={`text-[15px] font-semibold ${tone}`} role="status">
        {word}
      </p>
      <svg viewBox={`0 0 ${KEPT} 20`} preserveAspectRatio="none" aria-hidden="true" className="mt-2 h-10 w-full text-signal">
        {samples.map((sample, index) => {
          const height = Math.max(0.8, ((sample.roundTripMs ?? peak) / peak) * 20);
          return <rect key={index} x={KEPT - samples.length + index} y={20 - height} width="0.7" height={height} fill="currentColor" />;
        })}
      </svg>
      <dl className="mt-3 grid grid-cols-[1fr_auto] gap-y-1.5 text-[13px]">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-2">{name}</dt>
            <dd className="text-right font-medium tabular-nums">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
