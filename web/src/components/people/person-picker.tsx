import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useId, useState, type KeyboardEvent } from "react";
import { peopleQuery } from "@/api/access";
import type { Person } from "@/api/wire-access";
import { TextField } from "@/components/ui/field";
import { cn } from "@/lib/format";
import { personName } from "./person-name";

const LEAST = 2;
const SHOWN = 8;

interface PersonPickerProps {
  label: string;
  hint?: string;
  /** People who are in already. */
  without?: readonly Person[];
  onPick: (person: Person) => void;
  className?: string;
}

/** Finds somebody of the tenant by a part of their name. */
export function PersonPicker({ label, hint, without = [], onPick, className }: PersonPickerProps) {
  const listId = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const isAsking = wanted.length >= LEAST;
  const people = useQuery({ ...peopleQuery(wanted), enabled: isAsking });
  const found = isAsking ? (people.data ?? []).filter((person) => !without.some(({ id }) => id === person.id)).slice(0, SHOWN) : [];
  const isOpen = isAsking && people.data !== undefined;
  const active = found[Math.min(at, found.length - 1)];

  const pick = (person: Person) => {
    setText("");
    setAt(0);
    onPick(person);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "Enter") {
      event.preventDefault();
      if (active) pick(active);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      setAt(Math.min(found.length - 1, at + 1));
    } else if (event.key === "ArrowUp") {
      event.preventDefault();
      setAt(Math.max(0, at - 1));
    } else if (event.key === "Escape" && text !== "") {
      event.stopPropagation();
      setText("");
    }
  };
  return (
    <div className={cn("relative", className)}>
      <TextField
        label={label}
        {...(hint === undefined ? {} : { hint })}
        role="combobox"
        aria-expanded={isOpen}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={active ? `${listId}-${active.id}` : undefined}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        placeholder="Part of a name"
        value={text}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setText(event.target.value);
          setAt(0);
        }}
      />
      <div
        id={listId}
        role="listbox"
        aria-label={label}
        className={cn("absolute inset-x-0 z-20 mt-1.5 overflow-hidden rounded-xl border border-line bg-surface p-1.5 shadow-float", (!isOpen || found.length === 0) && "hidden")}
      >
        {found.map((person, index) => (
          <button
            type="button"
            key={person.id}
            id={`${listId}-${person.id}`}
            role="option"
            tabIndex={-1}
            aria-selected={person === active}
            onPointerMove={() => setAt(index)}
            onClick={() => pick(person)}
            className={cn("flex h-10 w-full items-center gap-2 rounded-lg px-2.5 text-left text-[13.5px] touch:h-11", person === active && "bg-hover")}
          >
            <span className="truncate font-medium">{personName(person)}</span>
            {person.display_name && <span className="truncate text-ink-3">{person.username}</span>}
          </button>
        ))}
      </div>
      {isOpen && found.length === 0 && <p className="mt-1.5 text-[12.5px] text-ink-3">Nobody else is called that.</p>}
      {people.isError && isAsking && <p className="mt-1.5 text-[12.5px] font-medium text-danger">People could not be searched.</p>}
    </div>
  );
}
