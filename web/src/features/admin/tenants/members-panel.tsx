import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { membersQuery, removeMember, saveMember } from "@/api/tenants";
import type { Member, Tenant, TenantRole } from "@/api/wire-access";
import { personName } from "@/components/people/person-name";
import { PersonPicker } from "@/components/people/person-picker";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { ROLE_LABEL } from "@/lib/labels";

const ROLES = ["tenant-admin", "app-author", "auditor", "user"] as const satisfies readonly TenantRole[];

interface MembersPanelProps {
  tenant: Tenant;
  /** Adding members; changing their roles and letting them go is the tenant's own. */
  mayAdd: boolean;
}

/** Who belongs to a tenant, and what they may do there. */
export function MembersPanel({ tenant, mayAdd }: MembersPanelProps) {
  const client = useQueryClient();
  const query = membersQuery(tenant.id);
  const members = useQuery(query);
  const reread = () => client.invalidateQueries({ queryKey: query.queryKey });
  const save = useMutation({
    mutationFn: ({ id, roles }: { id: string; roles: readonly TenantRole[] }) => saveMember(tenant.id, id, roles),
    onSettled: reread,
  });
  const remove = useMutation({ mutationFn: (id: string) => removeMember(tenant.id, id), onSettled: reread });
  const refused = save.error ?? remove.error;
  return (
    // The list of found people may reach over the panel's edge.
    <div className="[&>section]:overflow-visible">
      <Panel title="Members" description="A change counts at once, also for people who are signed in.">
        {refused && <ProblemNotice cause={refused} className="mb-4" />}
        {members.isPending && <SkeletonRows rows={2} className="h-11" />}
        {members.isError && !members.data && <ProblemPanel cause={members.error} onRetry={() => void members.refetch()} />}
        {members.data?.length === 0 && <p className="text-[13.5px] text-ink-2">Nobody yet.</p>}
        <ul className="divide-y divide-line">
          {members.data?.map((member) => (
            <MemberRow
              key={member.id}
              member={save.isPending && save.variables.id === member.id ? { ...member, roles: [...save.variables.roles] } : member}
              isBusy={(save.isPending && save.variables.id === member.id) || (remove.isPending && remove.variables === member.id)}
              onRoles={(roles) => save.mutate({ id: member.id, roles })}
              onRemove={!member.at_home ? () => remove.mutate(member.id) : undefined}
            />
          ))}
        </ul>
        {mayAdd && (
          <PersonPicker
            label="Add somebody"
            hint="Of the tenant that you work in now"
            without={members.data ?? []}
            onPick={({ id }) => save.mutate({ id, roles: ["user"] })}
            className="mt-4 max-w-sm"
          />
        )}
      </Panel>
    </div>
  );
}

interface MemberRowProps {
  member: Member;
  isBusy: boolean;
  onRoles: (roles: readonly TenantRole[]) => void;
  onRemove: (() => void) | undefined;
}

function MemberRow({ member, isBusy, onRoles, onRemove }: MemberRowProps) {
  const name = personName(member);
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 py-3">
      <span className="min-w-0 flex-1 basis-40">
        <span className="flex items-center gap-2 text-[13.5px] font-medium">
          <span className="truncate">{name}</span> {member.at_home && <Badge>At home here</Badge>}
          {member.account_roles.includes("admin") && <Badge>{ROLE_LABEL.admin}</Badge>}
        </span>
        {member.display_name && <span className="block truncate text-[12.5px] text-ink-3">{member.username}</span>}
      </span>
      <fieldset className="flex flex-wrap gap-x-4 gap-y-1.5" disabled={isBusy}>
        <legend className="sr-only">Roles of {name}</legend>
        {ROLES.map((role) => (
          <label key={role} className="flex items-center gap-1.5 text-[13px] text-ink-2">
            <input
              type="checkbox"
              className="size-4 accent-(--primary) touch:size-5"
              checked={member.roles.includes(role) || member.account_roles.includes(role)}
              disabled={member.account_roles.includes(role)}
              onChange={(event) => onRoles(event.target.checked ? [...member.roles, role] : member.roles.filter((known) => known !== role))}
            />
            {ROLE_LABEL[role]}
          </label>
        ))}
      </fieldset>
      {onRemove && (
        <Button size="small" aria-label={`Remove ${name}`} busy={isBusy} onClick={onRemove}>
          Remove
        </Button>
      )}
    </li>
  );
}
