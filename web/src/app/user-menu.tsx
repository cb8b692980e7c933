import { lazy, Suspense, useState } from "react";
import { useMe } from "@/hooks/use-me";

const load = () => import("./user-menu-content");
const UserMenuContent = lazy(async () => ({ default: (await load()).UserMenuContent }));

const TRIGGER =
  "grid size-9 shrink-0 place-items-center rounded-full bg-signal-soft text-[13px] font-semibold text-signal touch:size-10";

/** The account's button. Its menu is no part of the first load; a glance at the button fetches it. */
export function UserMenu() {
  const { me } = useMe();
  const [isWanted, setIsWanted] = useState(false);
  if (!me) return null;
  const name = me.name || me.username;
  const preload = () => void load().catch(() => undefined);
  const button = (
    <button
      type="button"
      aria-label={`Account of ${name}`}
      aria-haspopup="menu"
      onPointerEnter={preload}
      onFocus={preload}
      onClick={() => setIsWanted(true)}
      className={TRIGGER}
    >
      {name.slice(0, 1).toUpperCase()}
    </button>
  );
  return <Suspense fallback={button}>{isWanted ? <UserMenuContent name={name} trigger={TRIGGER} /> : button}</Suspense>;
}
