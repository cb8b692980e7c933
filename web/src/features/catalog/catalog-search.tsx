import { useEffect, useRef } from "react";
import { Kbd } from "@/components/ui/kbd";
import { SearchField } from "@/components/ui/search-field";

interface CatalogSearchProps {
  value: string;
  onChange: (value: string) => void;
  /** Enter starts the best match. */
  onEnter: () => void;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

export function CatalogSearch({ value, onChange, onEnter }: CatalogSearchProps) {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      event.preventDefault();
      field.current?.focus();
      field.current?.select();
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
  return (
    <SearchField
      ref={field}
      label="Search apps"
      className="w-full sm:w-96"
      value={value}
      onChange={(event) => onChange(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onEnter();
        if (event.key === "Escape") {
          onChange("");
          event.currentTarget.blur();
        }
      }}
      end={
        value === "" ? (
          <span className="touch:hidden">
            <Kbd>/</Kbd>
          </span>
        ) : undefined
      }
    />
  );
}
