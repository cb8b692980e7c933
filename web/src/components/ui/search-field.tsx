import Search from "lucide-react/icons/search";
import type { InputHTMLAttributes, ReactNode, Ref } from "react";
import { cn } from "@/lib/format";

interface SearchFieldProps extends InputHTMLAttributes<HTMLInputElement> {
  label: string;
  /** A hint at the right end, such as a key. */
  end?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}

export function SearchField({ label, end, className, ...rest }: SearchFieldProps) {
  return (
    <div className={cn("relative", className)}>
      <Search aria-hidden="true" className="pointer-events-none absolute top-1/2 left-3 size-4 -translate-y-1/2 text-ink-3" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        {...rest}
        className="h-10 w-full rounded-lg border border-control-line/60 bg-surface pr-10 pl-9 text-sm placeholder:text-ink-3 hover:border-control-line focus:border-focus focus:outline-2 focus:outline-offset-0 focus:outline-focus/40 touch:text-base [&::-webkit-search-cancel-button]:hidden"
      />
      {end && <span className="pointer-events-none absolute top-1/2 right-3 -translate-y-1/2">{end}</span>}
    </div>
  );
}
