import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";
import type { ActionContext } from "@/actions/registry";
import { meQuery, signOut } from "@/api/auth";
import { asProblem } from "@/api/problem";
import { useMe } from "@/hooks/use-me";
import { patchPreferences } from "@/lib/preferences";
import { chooseTenant } from "@/lib/tenant";
import { showToast } from "@/lib/toasts";

export function useActionContext(): ActionContext {
  const { isAdmin, isManager, mayAudit, mayAuthor, mayDecide, mayEditSome } = useMe();
  const navigate = useNavigate();
  const client = useQueryClient();
  return {
    isAdmin,
    isManager,
    mayAudit,
    mayAuthor,
    mayDecide,
    mayEditSome,
    go: (path) => void navigate(path),
    setTheme: (theme) => patchPreferences({ theme }),
    signOut: () => {
      signOut().then(
        () => {
          chooseTenant(null);
          void navigate("/sign-in", { replace: true });
          client.setQueryData(meQuery.queryKey, null);
        },
        (cause: unknown) => {
          showToast({ tone: "problem", text: "You are still signed in", detail: asProblem(cause).message });
        },
      );
    },
  };
}
