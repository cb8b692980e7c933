import type { ReactNode } from "react";

interface FrontCardProps {
  title: string;
  lead?: ReactNode;
  logo?: ReactNode;
  children: ReactNode;
  footer?: ReactNode;
  /** What stands under the card, as wide as the page lets it. */
  below?: ReactNode;
}

/** The frame of pages in front of the door: signing in, registering, joining. */
export function FrontCard({ title, lead, logo, children, footer, below }: FrontCardProps) {
  return (
    <main className={`relative grid min-h-dvh grid-cols-[minmax(0,1fr)] justify-items-center overflow-hidden px-5 py-10 ${below === undefined ? "content-center" : "content-start pt-[11dvh]"}`}>
      <Trails />
      <div className="relative w-full max-w-[22.5rem] animate-rise">
        <div className="mb-7 flex flex-col items-center text-center">
          {logo}
          <h1 className="mt-5 text-[22px] leading-tight font-semibold tracking-[-0.02em] text-balance">{title}</h1>
          {lead && <p className="mt-1 text-sm text-balance text-ink-2">{lead}</p>}
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-lift">{children}</div>
        {footer && <div className="mt-5 text-center text-[12.5px] text-ink-3">{footer}</div>}
      </div>
      {below}
    </main>
  );
}

/** Lines of departure behind the card: decoration only. */
function Trails() {
  return (
    <svg aria-hidden="true" className="pointer-events-none absolute inset-0 size-full text-line" preserveAspectRatio="xMidYMid slice" viewBox="0 0 1200 800">
      <g fill="none" stroke="currentColor" strokeWidth="1">
        {Array.from({ length: 9 }, (_, index) => (
          <path key={index} d={`M-40 ${820 - index * 12} C 380 ${760 - index * 46}, 720 ${620 - index * 78}, 1260 ${60 - index * 44}`} />
        ))}
      </g>
      <path d="M-40 772 C 380 576, 720 308, 1260 -116" fill="none" stroke="var(--signal)" strokeWidth="1.5" opacity="0.55" />
    </svg>
  );
}
