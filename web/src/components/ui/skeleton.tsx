import { cn } from "@/lib/format";

/** A grey shape where something will be. */
export function Skeleton({ className }: { className?: string }) {
  return (
    <div
      aria-hidden="true"
      data-skeleton
      className={cn(
        "animate-sheen rounded-lg bg-[linear-gradient(100deg,var(--sunken)_40%,var(--hover)_50%,var(--sunken)_60%)] bg-[length:200%_100%]",
        className,
      )}
    />
  );
}

/** Several lines of the same height, for tables and lists. */
export function SkeletonRows({ rows = 6, className }: { rows?: number; className?: string }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className={cn("h-14", className)} />
      ))}
    </div>
  );
}
