import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import Check from "lucide-react/icons/check";
import CircleHelp from "lucide-react/icons/circle-help";
import LogOut from "lucide-react/icons/log-out";
import Monitor from "lucide-react/icons/monitor";
import Moon from "lucide-react/icons/moon";
import Settings from "lucide-react/icons/settings";
import Sun from "lucide-react/icons/sun";
import type { ReactNode } from "react";
import { useMe } from "@/hooks/use-me";
import { usePreferences } from "@/hooks/use-preferences";
import { useActionContext } from "./use-action-context";

const ITEM =
  "flex h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 text-[13.5px] text-ink outline-none select-none data-[highlighted]:bg-hover touch:h-11 [&_svg]:size-4 [&_svg]:text-ink-3";

const THEMES = [
  { value: "system", label: "System", icon: <Monitor /> },
  { value: "light", label: "Light", icon: <Sun /> },
  { value: "dark", label: "Dark", icon: <Moon /> },
] as const;

function Item({ icon, children, onSelect }: { icon: ReactNode; children: ReactNode; onSelect: () => void }) {
  return (
    <DropdownMenu.Item className={ITEM} onSelect={onSelect}>
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}

/** The menu itself, open from the start: it is loaded when somebody asks for it. */
export function UserMenuContent({ name, trigger }: { name: string; trigger: string }) {
  const { me } = useMe();
  const { theme } = usePreferences();
  const context = useActionContext();
  return (
    <DropdownMenu.Root modal={false} defaultOpen>
      <DropdownMenu.Trigger
        aria-label={`Account of ${name}`}
        className={trigger}
      >
        {name.slice(0, 1).toUpperCase()}
      </DropdownMenu.Trigger>
        <DropdownMenu.Content
          align="end"
          sideOffset={8}
          className="z-40 w-60 animate-rise rounded-xl border border-line bg-surface p-1.5 shadow-float outline-none"
        >
          <DropdownMenu.Label className="px-2.5 pt-1.5 pb-2">
            <span className="block truncate text-[13.5px] font-semibold">{name}</span>
            <span className="block truncate text-[12.5px] text-ink-3">{me?.email || me?.username}</span>
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Label className="px-2.5 py-1 text-[12px] text-ink-3">Theme</DropdownMenu.Label>
          <DropdownMenu.RadioGroup
            value={theme ?? "system"}
            onValueChange={(value) => context.setTheme(value === "light" || value === "dark" ? value : null)}
          >
            {THEMES.map(({ value, label, icon }) => (
              <DropdownMenu.RadioItem key={value} value={value} className={ITEM} onSelect={(event) => event.preventDefault()}>
                {icon}
                <span className="flex-1">{label}</span>
                <DropdownMenu.ItemIndicator>
                  <Check />
                </DropdownMenu.ItemIndicator>
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Item icon={<Settings />} onSelect={() => context.go("/settings")}>
            Settings
          </Item>
          <Item icon={<CircleHelp />} onSelect={() => context.go("/help")}>
            Help and shortcuts
          </Item>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Item icon={<LogOut />} onSelect={context.signOut}>
            Sign out
          </Item>
        </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
