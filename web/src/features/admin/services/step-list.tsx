import type { PlannedStep } from "@/api/wire-services";

/** Planned steps in their order. */
export function StepList({ steps }: { steps: readonly PlannedStep[] }) {
  return (
    <ol className="flex flex-col gap-1.5 text-[13px]">
      {steps.map(({ step, object, appId }, index) => (
        // Steps have no names of their own, and the list is replaced as a whole.
        <li key={index} className="flex flex-wrap gap-x-2">
          <span className="w-5 shrink-0 text-right text-ink-3 tabular-nums">{index + 1}</span>
          <span className="font-medium">{step}</span>
          <span className="font-mono text-[12.5px] break-all text-ink-2">{object}</span>
          {appId !== undefined && appId !== null && <span className="text-ink-3">app {appId}</span>}
        </li>
      ))}
    </ol>
  );
}
