import { Skeleton } from "@/components/ui/skeleton";

/** The frame of the catalog before anything is known. */
export function ShellSkeleton() {
  return (
    <div role="status" aria-label="Loading">
      <div className="h-14 border-b border-line" />
      <div className="mx-auto max-w-[76rem] px-4 py-8 sm:px-6">
        <Skeleton className="h-10 max-w-md" />
        <div className="mt-10 grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-3">
          {Array.from({ length: 8 }, (_, index) => (
            <Skeleton key={index} className="h-[124px] rounded-xl" />
          ))}
        </div>
      </div>
    </div>
  );
}
