import { useMutation, useQueryClient } from "@tanstack/react-query";
import Trash2 from "lucide-react/icons/trash-2";
import { useState, type SubmitEvent } from "react";
import { useNavigate } from "react-router";
import { createAccount, deleteAccount, updateAccount, type AccountDraft } from "@/api/administration";
import { asProblem } from "@/api/problem";
import type { Account, Role } from "@/api/wire";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { CheckField, TextField } from "@/components/ui/field";
import { Panel } from "@/components/ui/page";
import { useMe } from "@/hooks/use-me";
import { showToast } from "@/lib/toasts";

const ROLES = [
  { role: "user", label: "User", note: "Launches apps from the catalog" },
  { role: "app-author", label: "App author", note: "Adds and edits apps" },
  { role: "tenant-admin", label: "Tenant administrator", note: "Manages the tenant’s apps, categories, approvals and sessions" },
  { role: "auditor", label: "Auditor", note: "Reads the audit log" },
  { role: "admin", label: "Administrator", note: "May do everything, also to other people's sessions" },
] as const satisfies readonly { role: Role; label: string; note: string }[];

export function UserEditor({ account }: { account: Account | null }) {
  const { me } = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  const [draft, setDraft] = useState({
    username: account?.username ?? "",
    email: account?.email ?? "",
    display_name: account?.display_name ?? "",
    roles: account?.roles ?? (["user"] as Role[]),
    disabled: account?.disabled ?? false,
  });
  const [password, setPassword] = useState("");
  const [isDeleting, setIsDeleting] = useState(false);
  // People of an identity provider have their password there.
  const isLocal = account === null || account.auth_provider === "local";
  const isMyself = account !== null && account.id === me?.id;

  const leave = (text: string) => {
    void client.invalidateQueries({ queryKey: ["accounts"] });
    showToast({ tone: "done", text });
    void navigate("/admin/users");
  };
  const save = useMutation({
    mutationFn: () => {
      const body: AccountDraft = password ? { ...draft, password } : draft;
      return account ? updateAccount(account.id, body) : createAccount(body);
    },
    onSuccess: (saved) => leave(`${saved.display_name || saved.username} is saved`),
  });
  const remove = useMutation({
    mutationFn: (id: string) => deleteAccount(id),
    onSuccess: () => leave(`${draft.username} is deleted`),
    onSettled: () => setIsDeleting(false),
  });
  const problem = save.error ? asProblem(save.error) : null;
  const errorOf = (field: string) => problem?.forField(field);
  const patch = (change: Partial<typeof draft>) => setDraft({ ...draft, ...change });
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    save.mutate();
  };

  return (
    <form noValidate onSubmit={onSubmit} className="flex max-w-2xl flex-col gap-5">
      {(problem ?? remove.error) && <ProblemNotice cause={problem ?? remove.error} />}
      <Panel title="Who">
        <div className="grid gap-4 sm:grid-cols-2">
          <TextField
            label="User name"
            autoComplete="off"
            autoCapitalize="none"
            value={draft.username}
            error={errorOf("username")}
            disabled={account !== null}
            onChange={(event) => patch({ username: event.target.value })}
          />
          <TextField label="Name" autoComplete="off" value={draft.display_name} error={errorOf("display_name")} onChange={(event) => patch({ display_name: event.target.value })} />
          <TextField label="E-mail" type="email" autoComplete="off" value={draft.email} error={errorOf("email")} onChange={(event) => patch({ email: event.target.value })} />
          {isLocal && (
            <TextField
              label={account ? "New password" : "Password"}
              type="password"
              autoComplete="new-password"
              value={password}
              error={errorOf("password")}
              hint={account ? "Empty leaves it as it is. A new one ends this person's sign-ins." : "They can change it in their settings"}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </div>
      </Panel>
      <Panel title="Roles">
        <div className="flex flex-col gap-3.5">
          {ROLES.map(({ role, label, note }) => (
            <CheckField
              key={role}
              label={label}
              hint={note}
              danger={role === "admin" && draft.roles.includes("admin")}
              disabled={isMyself && role === "admin"}
              checked={draft.roles.includes(role)}
              onChange={(event) => patch({ roles: event.target.checked ? [...draft.roles, role] : draft.roles.filter((known) => known !== role) })}
            />
          ))}
        </div>
        {errorOf("roles") && <p className="mt-2 text-[12.5px] font-medium text-danger">{errorOf("roles")}</p>}
      </Panel>
      {account && !isMyself && (
        <Panel title="Access">
          <CheckField
            label="Disabled"
            danger={draft.disabled}
            hint="Cannot sign in; live screens end within seconds. Nothing is deleted."
            checked={draft.disabled}
            onChange={(event) => patch({ disabled: event.target.checked })}
          />
        </Panel>
      )}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" tone="primary" busy={save.isPending} disabled={draft.username.trim() === "" || (account === null && password === "")}>
          {account ? "Save" : "Add the user"}
        </Button>
        {account && !isMyself && (
          <Button tone="quiet-danger" onClick={() => setIsDeleting(true)}>
            <Trash2 /> Delete
          </Button>
        )}
      </div>
      <Confirm
        open={isDeleting}
        title={`Delete ${draft.username}?`}
        confirmLabel="Delete the user"
        busy={remove.isPending}
        onClose={() => setIsDeleting(false)}
        onConfirm={() => account && remove.mutate(account.id)}
      >
        The account and its preferences are deleted, and its sessions are stopped. The audit log keeps the name.
      </Confirm>
    </form>
  );
}
