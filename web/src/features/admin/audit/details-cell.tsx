import { detailPairs } from "./details";

/** What an audit entry says beside who and what: never cut off, however long. */
export function DetailsCell({ details }: { details: string }) {
  const pairs = detailPairs(details);
  if (!pairs) return <span className="block sm:min-w-60 text-ink-2 [overflow-wrap:anywhere]">{details}</span>;
  return (
    <dl className="flex sm:min-w-60 flex-wrap gap-x-4 gap-y-0.5 text-[13px]">
      {pairs.map(([name, value]) => (
        <div key={name} className="flex max-w-full gap-1.5">
          <dt className="shrink-0 text-ink-3">{name}</dt>
          <dd className="text-ink-2 [overflow-wrap:anywhere]">{value || "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
