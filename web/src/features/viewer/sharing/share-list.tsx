import { useMutation, useQueryClient, type UseQueryResult } from "@tanstack/react-query";
import Link2 from "lucide-react/icons/link-2";
import UserRound from "lucide-react/icons/user-round";
import { endShare, sharesQuery } from "@/api/sharing";
import type { Share } from "@/api/wire-sharing";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { RelativeTime } from "@/components/ui/relative-time";
import { Skeleton } from "@/components/ui/skeleton";
import { plural } from "@/lib/format";

/** Who may come now, with the way to end each. */
export function ShareList({ session, shares }: { session: string; shares: UseQueryResult<Share[]> }) {
  const client = useQueryClient();
  const end = useMutation({
    mutationFn: (id: string) => endShare(session, id),
    onSettled: () => client.invalidateQueries({ queryKey: sharesQuery(session).queryKey }),
  });
  if (shares.isPending) return <Skeleton className="mt-5 h-14" />;
  if (shares.isError && !shares.data) return <ProblemNotice cause={shares.error} className="mt-5" />;
  const list = shares.data;
  return (
    <section aria-label="Shared with" className="mt-5 border-t border-line pt-4">
      {end.error && <ProblemNotice cause={end.error} className="mb-3" />}
      {list.length === 0 && <p className="text-[13px] text-ink-3">Nobody but you can come in now.</p>}
      <ul className="flex flex-col gap-2.5">
        {list.map((share) => {
          const name = share.kind === "user" ? (share.username ?? "Somebody") : "Link";
          return (
            <li key={share.id} className="flex items-center gap-3">
              {share.kind === "user" ? <UserRound aria-hidden="true" className="size-4 shrink-0 text-ink-3" /> : <Link2 aria-hidden="true" className="size-4 shrink-0 text-ink-3" />}
              <div className="min-w-0 flex-1 text-[13px]">
                <p className="truncate font-medium">
                  {name} · {share.permission === "read_write" ? "may control" : "may watch"}
                </p>
                <p className="text-ink-3">
                  {termsOf(share)}ends <RelativeTime at={share.expires_at} />
                </p>
              </div>
              <Button size="small" tone="quiet-danger" busy={end.isPending && end.variables === share.id} aria-label={`End the share: ${name}`} onClick={() => end.mutate(share.id)}>
                End
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function termsOf(share: Share): string {
  if (share.kind === "user") return "";
  const words = [share.max_uses === null ? share.uses === 0 ? "not used yet" : `used ${plural(share.uses, "time", "times")}` : `used ${share.uses} of ${share.max_uses}`];
  if (share.approval) words.push("you are asked");
  if (share.guests) words.push("guests too");
  return `${words.join(", ")} · `;
}
