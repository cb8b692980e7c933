import { useId, type ComponentProps, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from "react";
import { cn } from "@/lib/format";

const CONTROL =
  "w-full rounded-lg border border-control-line/70 bg-surface px-3 text-sm text-ink placeholder:text-ink-3 " +
  "transition-colors hover:border-control-line focus:border-focus focus:outline-2 focus:outline-offset-0 focus:outline-focus/40 " +
  "disabled:bg-sunken disabled:text-ink-3 aria-invalid:border-danger touch:text-base";

interface Frame {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  className?: string | undefined;
}

function useFrame({ hint, error }: Pick<Frame, "hint" | "error">) {
  const id = useId();
  const noteId = `${id}-note`;
  return {
    id,
    noteId,
    aria: {
      id,
      "aria-invalid": error ? true : undefined,
      "aria-describedby": error ?? hint ? noteId : undefined,
    },
  } as const;
}

function FieldFrame({ label, hint, error, className, id, noteId, children }: Frame & { id: string; noteId: string; children: ReactNode }) {
  return (
    <div className={cn("flex min-w-0 flex-col gap-1.5", className)}>
      <label htmlFor={id} className="text-[13px] font-medium text-ink">
        {label}
      </label>
      {children}
      {(error ?? hint) && (
        <p id={noteId} className={cn("text-[12.5px] leading-snug", error ? "font-medium text-danger" : "text-ink-3")}>
          {error ?? hint}
        </p>
      )}
    </div>
  );
}

type Extra = Frame & { mono?: boolean };

export function TextField({ label, hint, error, className, mono, ...rest }: Extra & InputHTMLAttributes<HTMLInputElement>) {
  const { id, noteId, aria } = useFrame({ hint, error });
  return (
    <FieldFrame {...{ label, hint, error, className, id, noteId }}>
      <input {...rest} {...aria} className={cn(CONTROL, "h-10", mono && "font-mono text-[13px]")} />
    </FieldFrame>
  );
}

type Word = Omit<ComponentProps<typeof TextField>, "mono" | "onChange"> & { onWord: (word: string) => void };

/** A word for programs, such as a quantity or a name: spaces around it are never meant. */
export function WordField({ onWord, ...rest }: Word) {
  return <TextField mono {...rest} onChange={(event) => onWord(event.target.value.trim())} />;
}

export function TextArea({ label, hint, error, className, mono, ...rest }: Extra & TextareaHTMLAttributes<HTMLTextAreaElement>) {
  const { id, noteId, aria } = useFrame({ hint, error });
  return (
    <FieldFrame {...{ label, hint, error, className, id, noteId }}>
      <textarea rows={3} {...rest} {...aria} className={cn(CONTROL, "resize-y py-2 leading-relaxed", mono && "font-mono text-[13px]")} />
    </FieldFrame>
  );
}

export function SelectField({ label, hint, error, className, children, ...rest }: Frame & SelectHTMLAttributes<HTMLSelectElement>) {
  const { id, noteId, aria } = useFrame({ hint, error });
  return (
    <FieldFrame {...{ label, hint, error, className, id, noteId }}>
      <select {...rest} {...aria} className={cn(CONTROL, "h-10 pr-8")}>
        {children}
      </select>
    </FieldFrame>
  );
}

export function CheckField({
  label,
  hint,
  danger = false,
  ...rest
}: { label: string; hint?: ReactNode; danger?: boolean } & InputHTMLAttributes<HTMLInputElement>) {
  const id = useId();
  return (
    <div className={cn("flex gap-3 rounded-lg", danger && "bg-danger-soft p-3 ring-1 ring-danger/35")}>
      <input
        {...rest}
        id={id}
        type="checkbox"
        aria-describedby={hint ? `${id}-note` : undefined}
        className="mt-0.5 size-4 shrink-0 accent-(--primary) touch:size-5"
      />
      <div>
        <label htmlFor={id} className={cn("text-[13px] font-medium", danger && "text-danger")}>
          {label}
        </label>
        {hint && (
          <p id={`${id}-note`} className={cn("text-[12.5px] leading-snug", danger ? "text-danger" : "text-ink-3")}>
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
