import { useState } from "react";
import { plural } from "@/lib/format";
import { niceTop, type Day } from "./series";

const HEIGHT = 180;
const WIDTH = 720;
const TICKS = 4;

function dayLabel(date: string): string {
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  return new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" }).format(new Date(year, month - 1, day));
}

/** Launches per day as bars. Everything in it is also in the table that screen readers get. */
export function DailyChart({ days }: { days: readonly Day[] }) {
  const [at, setAt] = useState<number | null>(null);
  const top = niceTop(Math.max(0, ...days.map((day) => day.count)));
  const slot = WIDTH / Math.max(1, days.length);
  const bar = Math.max(2, Math.min(28, slot * 0.68));
  const pointed = at === null ? undefined : days[at];
  return (
    <figure>
      <p className="mb-2 h-5 text-[13px] text-ink-2 tabular-nums" aria-hidden="true">
        {pointed ? `${dayLabel(pointed.date)}: ${plural(pointed.count, "launch", "launches")}` : ""}
      </p>
      <div className="flex gap-2">
        <div aria-hidden="true" className="flex h-[180px] flex-col-reverse justify-between text-right text-[11px] leading-none text-ink-3 tabular-nums">
          {Array.from({ length: TICKS + 1 }, (_, index) => (
            <span key={index}>{(top / TICKS) * index}</span>
          ))}
        </div>
        <div className="min-w-0 flex-1">
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" className="h-[180px] w-full" aria-hidden="true" onPointerLeave={() => setAt(null)}>
            {Array.from({ length: TICKS + 1 }, (_, index) => (
              <line key={index} x1="0" x2={WIDTH} y1={(HEIGHT / TICKS) * index} y2={(HEIGHT / TICKS) * index} stroke="var(--line)" vectorEffect="non-scaling-stroke" />
            ))}
            {days.map((day, index) => {
              const height = (day.count / top) * HEIGHT;
              return (
                <g key={day.date} onPointerEnter={() => setAt(index)}>
                  <rect x={index * slot} y="0" width={slot} height={HEIGHT} fill="transparent" />
                  <rect
                    x={index * slot + (slot - bar) / 2}
                    y={HEIGHT - height}
                    width={bar}
                    height={height}
                    rx="2"
                    fill="var(--signal)"
                    opacity={at === null || at === index ? 0.92 : 0.4}
                  />
                </g>
              );
            })}
          </svg>
          <div aria-hidden="true" className="mt-1.5 flex justify-between text-[11px] text-ink-3">
            {[days[0], days[Math.floor(days.length / 2)], days.at(-1)].map((day, index) => (
              <span key={index}>{day && dayLabel(day.date)}</span>
            ))}
          </div>
        </div>
      </div>
      <figcaption className="sr-only">
        <table>
          <caption>Launches per day</caption>
          <tbody>
            {days.map((day) => (
              <tr key={day.date}>
                <th scope="row">{day.date}</th>
                <td>{day.count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </figcaption>
    </figure>
  );
}
