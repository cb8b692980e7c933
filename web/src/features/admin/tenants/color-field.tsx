import { WordField } from "@/components/ui/field";
import { parseHex, toHex } from "@/lib/color";

const NONE = "#808080";

interface ColorFieldProps {
  label: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

/** A colour, typed or picked. */
export function ColorField({ label, value, error, onChange }: ColorFieldProps) {
  const known = parseHex(value);
  return (
    <div className="flex items-start gap-2">
      <WordField label={label} placeholder="#0f766e" className="flex-1" value={value} error={error} onWord={onChange} />
      <input
        type="color"
        aria-label={`Pick the ${label.toLowerCase()}`}
        value={known ? toHex(known) : NONE}
        onChange={(event) => onChange(event.target.value)}
        className="mt-[26px] h-10 w-12 shrink-0 cursor-pointer rounded-lg border border-control-line/70 bg-surface p-1"
      />
    </div>
  );
}
