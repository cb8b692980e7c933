import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import KeyRound from "lucide-react/icons/key-round";
import { useState } from "react";
import { deleteSecret, secretsQuery } from "@/api/services";
import type { ServiceSecret } from "@/api/wire-services";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Confirm } from "@/components/ui/confirm";
import { EmptyState } from "@/components/ui/empty-state";
import { PageHeader } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { showToast } from "@/lib/toasts";
import { SecretDialog } from "./secret-dialog";

/** What services need in their environment and nobody may see: set and forgotten, never shown. */
export function SecretsPage() {
  usePageTitle("Secrets of services");
  const secrets = useQuery(secretsQuery);
  /** Which secret is being set: an empty name for a new one. */
  const [edited, setEdited] = useState<string | null>(null);
  return (
    <>
      <PageHeader
        title="Secrets"
        actions={
          <Button tone="primary" onClick={() => setEdited("")}>
            New secret
          </Button>
        }
      >
        Values for services&rsquo; environment that no state, history or log holds. A service takes one as{" "}
        <code className="font-mono text-[12.5px] whitespace-nowrap">{'{"secret": "name"}'}</code>.
      </PageHeader>
      {secrets.isPending && <SkeletonRows />}
      {secrets.isError && !secrets.data && <ProblemPanel cause={secrets.error} onRetry={() => void secrets.refetch()} />}
      {secrets.data?.length === 0 && <EmptyState icon={<KeyRound />} title="No secrets" />}
      {secrets.data && secrets.data.length > 0 && (
        <ul aria-label="Secrets" className="overflow-hidden rounded-xl border border-line bg-surface shadow-card">
          {secrets.data.map((secret) => (
            <Row key={secret.name} secret={secret} onReplace={() => setEdited(secret.name)} />
          ))}
        </ul>
      )}
      {edited !== null && <SecretDialog name={edited} onClose={() => setEdited(null)} />}
    </>
  );
}

function Row({ secret, onReplace }: { secret: ServiceSecret; onReplace: () => void }) {
  const client = useQueryClient();
  const [isAsking, setIsAsking] = useState(false);
  const remove = useMutation({
    mutationFn: () => deleteSecret(secret.name),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["services"] });
      showToast({ tone: "done", text: `The secret ${secret.name} is forgotten` });
    },
    onSettled: () => setIsAsking(false),
  });
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-line px-4 py-3 text-[13.5px] last:border-0">
      <div className="min-w-0 flex-1 basis-48">
        <p className="font-mono font-medium break-all">{secret.name}</p>
        <p className="text-ink-2">
          Set {secret.revision === 1 ? "once" : `${secret.revision} times`}, last <RelativeTime at={secret.updatedAt} />
        </p>
      </div>
      <div className="flex gap-2">
        <Button onClick={onReplace} aria-label={`Replace ${secret.name}`}>
          Replace
        </Button>
        <Button onClick={() => setIsAsking(true)} aria-label={`Forget ${secret.name}`}>
          Forget
        </Button>
      </div>
      {remove.error && <ProblemNotice cause={remove.error} className="basis-full" />}
      <Confirm open={isAsking} title={`Forget ${secret.name}?`} confirmLabel="Forget it" busy={remove.isPending} onClose={() => setIsAsking(false)} onConfirm={() => remove.mutate()}>
        Its value cannot be had back. What runs with it runs on, and is not made anew before it is set again.
      </Confirm>
    </li>
  );
}
