import { Skeleton } from "@/components/ui/skeleton";

const CARDS = 8;

export function CatalogSkeleton() {
  return (
    <div role="status" aria-label="Loading the catalog">
      <Skeleton className="mb-4 h-4 w-28" />
      <div className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-3">
        {Array.from({ length: CARDS }, (_, index) => (
          <Skeleton key={index} className="h-[124px] rounded-xl" />
        ))}
      </div>
    </div>
  );
}
