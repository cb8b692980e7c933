import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { categoriesQuery, type ObjectKind } from "@/api/access";
import { appsQuery } from "@/api/apps";
import { allSessionsQuery } from "@/api/sessions";
import { ownTenantsQuery } from "@/api/tenants";
import { useMe } from "@/hooks/use-me";

const LIVE = "running,creating";

export interface NamedObject {
  id: string;
  name: string;
}

/** What one can ask about, of a kind. */
export function useObjects(kind: ObjectKind): NamedObject[] {
  const { isManager } = useMe();
  const apps = useQuery({ ...appsQuery, enabled: kind === "app_id" });
  const categories = useQuery({ ...categoriesQuery, enabled: kind === "category_id" });
  const sessions = useInfiniteQuery({ ...allSessionsQuery(LIVE), enabled: kind === "session_id" && isManager });
  const tenants = useQuery({ ...ownTenantsQuery, enabled: kind === "tenant_id" });
  switch (kind) {
    case "app_id":
      return (apps.data ?? []).map(({ id, name }) => ({ id, name }));
    case "category_id":
      return (categories.data ?? []).map(({ id, name }) => ({ id, name }));
    case "session_id":
      return (sessions.data?.pages.flatMap(({ items }) => items) ?? []).map(({ id, app_name, username }) => ({ id, name: `${app_name} of ${username}` }));
    case "tenant_id":
      return (tenants.data ?? []).map(({ id, name }) => ({ id, name }));
  }
}
