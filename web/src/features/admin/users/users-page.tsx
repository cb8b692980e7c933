import { useInfiniteQuery } from "@tanstack/react-query";
import Plus from "lucide-react/icons/plus";
import Users from "lucide-react/icons/users";
import { Link } from "react-router";
import { accountsQuery } from "@/api/administration";
import type { Account } from "@/api/wire";
import { ProblemPanel } from "@/components/problem-panel";
import { Badge } from "@/components/ui/badge";
import { Button, buttonLook } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SearchField } from "@/components/ui/search-field";
import { SkeletonRows } from "@/components/ui/skeleton";
import { DataTable, type Column } from "@/components/ui/table";
import { usePageTitle } from "@/hooks/use-page-title";
import { useUrlState } from "@/hooks/use-url-state";
import { ROLE_LABEL } from "@/lib/labels";
import { score } from "@/lib/search";

const COLUMNS: readonly Column<Account>[] = [
  {
    id: "name",
    label: "Name",
    fixed: true,
    sortBy: (account) => account.display_name || account.username,
    cell: (account) => (
      <Link to={`/admin/users/${encodeURIComponent(account.id)}`} className="block min-w-36 rounded hover:underline">
        <span className="block font-medium">{account.display_name || account.username}</span>
        <span className="block text-[12.5px] text-ink-3">{account.username}</span>
      </Link>
    ),
  },
  { id: "email", label: "E-mail", sortBy: (account) => account.email, cell: (account) => account.email || "–", className: "text-ink-2" },
  {
    id: "roles",
    label: "Roles",
    sortBy: (account) => account.roles.join(),
    cell: (account) => (
      <span className="flex flex-wrap gap-1">
        {account.roles.map((role) => (
          <Badge key={role} tone={role === "admin" ? "signal" : "neutral"}>
            {ROLE_LABEL[role]}
          </Badge>
        ))}
      </span>
    ),
  },
  {
    id: "state",
    label: "State",
    sortBy: (account) => (account.disabled ? 1 : 0),
    cell: (account) => (account.disabled ? <Badge tone="danger">Disabled</Badge> : <span className="text-ink-2">Active</span>),
  },
  {
    id: "factor",
    label: "Second factor",
    sortBy: (account) => (account.second_factor ? 1 : 0),
    cell: (account) => (account.second_factor ? <Badge tone="live">On</Badge> : <span className="text-ink-3">Off</span>),
  },
  {
    id: "provider",
    label: "Signs in with",
    optional: true,
    sortBy: (account) => account.auth_provider,
    cell: (account) => <span className="whitespace-nowrap text-ink-2">{account.auth_provider === "oidc" ? "Single sign-on" : "Password"}</span>,
  },
  {
    id: "seen",
    label: "Last sign-in",
    sortBy: (account) => account.last_sign_in_at ?? "",
    cell: (account) => (account.last_sign_in_at ? <RelativeTime at={account.last_sign_in_at} className="whitespace-nowrap text-ink-2" /> : "Never"),
  },
  {
    id: "created",
    label: "Added",
    optional: true,
    sortBy: (account) => account.created_at,
    cell: (account) => <RelativeTime at={account.created_at} className="whitespace-nowrap text-ink-2" />,
  },
  { id: "id", label: "Id", optional: true, cell: (account) => <Copyable text={account.id} label="user id" /> },
];

export function UsersPage() {
  usePageTitle("Users");
  const accounts = useInfiniteQuery(accountsQuery);
  const [search, setSearch] = useUrlState("q");
  const all = accounts.data?.pages.flatMap((page) => page.items);
  const rows = (all ?? []).filter((account) => score(search, [account.username, account.display_name, account.email]) > 0);
  return (
    <>
      <PageHeader
        title="Users"
        actions={
          <Link to="/admin/users/new" className={buttonLook("primary")}>
            <Plus /> Add a user
          </Link>
        }
      >
        Who may sign in, and what they may do.
      </PageHeader>
      {accounts.isPending && <SkeletonRows />}
      {accounts.isError && !all && <ProblemPanel cause={accounts.error} onRetry={() => void accounts.refetch()} />}
      {all && (
        <DataTable
          label="Users"
          rows={rows}
          columns={COLUMNS}
          keyOf={(account) => account.id}
          toolbar={<SearchField label="Search users" className="w-full sm:w-72" value={search} onChange={(event) => setSearch(event.target.value)} />}
          empty={<EmptyState icon={<Users />} title="Nobody matches" />}
        />
      )}
      {accounts.hasNextPage && (
        <Button className="mt-3" busy={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
          Load more people
        </Button>
      )}
    </>
  );
}
