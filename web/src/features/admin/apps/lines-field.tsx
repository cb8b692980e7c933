import { useState, type ReactNode } from "react";
import { TextArea } from "@/components/ui/field";

interface LinesFieldProps<T> {
  label: string;
  hint: ReactNode;
  error: string | undefined;
  placeholder?: string;
  rows: number;
  className: string;
  lines: T;
  parse: (text: string) => T;
  print: (lines: T) => string;
  onChange: (lines: T) => void;
}

/** A list that is edited as text. The text is kept as typed, also where it says the same twice. */
export function LinesField<T>({ lines, parse, print, onChange, placeholder, ...field }: LinesFieldProps<T>) {
  const [text, setText] = useState(() => print(lines));
  return (
    <TextArea
      {...field}
      {...(placeholder ? { placeholder } : {})}
      mono
      spellCheck={false}
      value={text}
      onChange={(event) => {
        setText(event.target.value);
        onChange(parse(event.target.value));
      }}
    />
  );
}
