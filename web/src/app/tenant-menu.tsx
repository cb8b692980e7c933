import * as DropdownMenu from "@radix-ui/react-dropdown-menu";
import Check from "lucide-react/icons/check";
import ChevronsUpDown from "lucide-react/icons/chevrons-up-down";
import type { Membership } from "@/api/wire-access";
import { useMe } from "@/hooks/use-me";
import { chooseTenant, chosenTenant } from "@/lib/tenant";

/** One's tenants, the current one marked. Choosing loads everything anew: nothing of the other one stays in memory. */
export function TenantMenu({ tenants }: { tenants: readonly Membership[] }) {
  const { me } = useMe();
  const home = me?.tenant_id;
  const current = tenants.find(({ id }) => id === (chosenTenant() ?? home));
  const choose = (id: string) => {
    if (id === current?.id) return;
    chooseTenant(id === home ? null : id);
    window.location.assign("/");
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Tenant: ${current?.name ?? "unknown"}. Choose another`}
        className="mr-1 flex h-8 min-w-0 shrink items-center gap-1.5 rounded-lg border border-line px-2.5 text-[13px] font-medium text-ink-2 hover:bg-hover hover:text-ink touch:h-10"
      >
        <span className="max-w-20 truncate sm:max-w-36">{current?.name}</span>
        <ChevronsUpDown className="size-3.5 shrink-0" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Content align="start" sideOffset={8} className="z-40 w-60 animate-rise rounded-xl border border-line bg-surface p-1.5 shadow-float outline-none">
        <DropdownMenu.Label className="px-2.5 pt-1 pb-1.5 text-[12px] text-ink-3">Work in</DropdownMenu.Label>
        <DropdownMenu.RadioGroup value={current?.id ?? ""} onValueChange={choose}>
          {tenants.map(({ id, name, slug }) => (
            <DropdownMenu.RadioItem
              key={id}
              value={id}
              className="flex min-h-9 cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-1 text-[13.5px] outline-none select-none data-[highlighted]:bg-hover touch:min-h-11"
            >
              <span className="min-w-0 flex-1">
                <span className="block truncate">{name}</span>
                <span className="block truncate text-[12px] text-ink-3">{id === home ? "Your own" : slug}</span>
              </span>
              <DropdownMenu.ItemIndicator>
                <Check className="size-4 text-ink-3" />
              </DropdownMenu.ItemIndicator>
            </DropdownMenu.RadioItem>
          ))}
        </DropdownMenu.RadioGroup>
      </DropdownMenu.Content>
    </DropdownMenu.Root>
  );
}
