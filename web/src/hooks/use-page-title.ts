import { useEffect } from "react";

/** Names the browser tab for as long as the component is on screen. */
export function usePageTitle(title: string): void {
  useEffect(() => {
    document.title = title ? `${title} · Sortie` : "Sortie";
  }, [title]);
}
