import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { endSignIn, signInsQuery } from "@/api/security";
import { SignInList } from "@/components/accounts/sign-in-list";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Panel } from "@/components/ui/page";
import { SkeletonRows } from "@/components/ui/skeleton";
import { useMe } from "@/hooks/use-me";
import { plural } from "@/lib/format";
import { showToast } from "@/lib/toasts";

/** Where one is signed in, and the way to end what one does not know. */
export function SignInsPanel() {
  const { me } = useMe();
  const client = useQueryClient();
  const signIns = useQuery(signInsQuery);
  const end = useMutation({
    mutationFn: endSignIn,
    onSuccess: (_, id) => showToast({ tone: "done", text: id === null ? "All other sign-ins were ended" : "The sign-in was ended" }),
    onSettled: () => client.invalidateQueries({ queryKey: signInsQuery.queryKey }),
  });
  const others = signIns.data?.filter((signIn) => !signIn.current).length ?? 0;
  return (
    <Panel
      title="Where you are signed in"
      description={me?.has_password ? "End what you do not recognise, then change your password." : "End what you do not recognise."}
      footer={
        others > 0 && (
          <Button busy={end.isPending && end.variables === null} onClick={() => end.mutate(null)}>
            End {plural(others, "other sign-in")}
          </Button>
        )
      }
    >
      {end.error && <ProblemNotice cause={end.error} className="mb-4" />}
      {signIns.isPending && <SkeletonRows rows={2} className="h-11" />}
      {signIns.isError && !signIns.data && <ProblemPanel cause={signIns.error} onRetry={() => void signIns.refetch()} />}
      {signIns.data && <SignInList signIns={signIns.data} endingId={end.isPending ? (end.variables ?? undefined) : undefined} onEnd={({ id }) => end.mutate(id)} />}
    </Panel>
  );
}
