import ChevronDown from "lucide-react/icons/chevron-down";
import { useId } from "react";
import type { App, Session } from "@/api/wire";
import { AppCard } from "@/components/apps/app-card";
import { LiveDot } from "@/components/ui/badge";
import { usePreferences } from "@/hooks/use-preferences";
import { cn } from "@/lib/format";
import { patchPreferences, preferences, toggled } from "@/lib/preferences";
import type { Shelf } from "./model";

interface CatalogShelfProps {
  shelf: Shelf;
  live: ReadonlyMap<string, Session>;
  busyAppId: string | null;
  onOpen: (app: App) => void;
  onAsk: (app: App) => void;
}

/** A heading that folds, and the cards below it. */
export function CatalogShelf({ shelf, live, busyAppId, onOpen, onAsk }: CatalogShelfProps) {
  const id = useId();
  const { collapsed, favorites } = usePreferences();
  const folds = shelf.kind === "category";
  const isFolded = folds && collapsed.includes(shelf.name);
  const running = shelf.apps.filter((app) => live.has(app.id)).length;

  return (
    <section aria-labelledby={`${id}-name`}>
      <h2 className="mb-3 text-[13px] font-semibold text-ink-2" id={`${id}-name`}>
        {folds ? (
          <button
            type="button"
            aria-expanded={!isFolded}
            aria-controls={`${id}-apps`}
            onClick={() => patchPreferences({ collapsed: toggled(preferences().collapsed, shelf.name) })}
            className="-ml-1.5 inline-flex items-center gap-1.5 rounded-md px-1.5 py-0.5 hover:text-ink touch:py-2"
          >
            <ChevronDown className={cn("size-3.5 transition-transform duration-200", isFolded && "-rotate-90")} aria-hidden="true" />
            {shelf.name}
            <span className="font-normal text-ink-3 tabular-nums">{shelf.apps.length}</span>
            {isFolded && running > 0 && <LiveDot />}
          </button>
        ) : (
          shelf.name
        )}
      </h2>
      <div
        id={`${id}-apps`}
        hidden={isFolded}
        className={cn("grid grid-cols-[repeat(auto-fill,minmax(min(100%,17rem),1fr))] gap-3", isFolded && "hidden")}
      >
        {shelf.apps.map((app) => (
          <AppCard
            key={app.id}
            app={app}
            session={live.get(app.id)}
            isFavorite={favorites.includes(app.id)}
            isBusy={busyAppId === app.id}
            onOpen={() => onOpen(app)}
            onAsk={() => onAsk(app)}
            onToggleFavorite={() => patchPreferences({ favorites: toggled(preferences().favorites, app.id) })}
          />
        ))}
      </div>
    </section>
  );
}
