import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Container from "lucide-react/icons/container";
import RefreshCw from "lucide-react/icons/refresh-cw";
import { Link } from "react-router";
import { applyNow, engineQuery, explainQuery } from "@/api/services";
import type { Explanation, Verdict } from "@/api/wire-services";
import { ProblemNotice, ProblemPanel } from "@/components/problem-panel";
import { Button, buttonLook } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Notice } from "@/components/ui/notice";
import { PageHeader, Panel } from "@/components/ui/page";
import { RelativeTime } from "@/components/ui/relative-time";
import { SkeletonRows } from "@/components/ui/skeleton";
import { usePageTitle } from "@/hooks/use-page-title";
import { StandingBadge } from "./standing";
import { StepList } from "./step-list";

/** Every service: target beside what runs, why it is not as wanted, and what happens next. */
export function ServicesPage() {
  usePageTitle("Services");
  const client = useQueryClient();
  const explained = useQuery(explainQuery);
  const apply = useMutation({ mutationFn: applyNow, onSettled: () => client.invalidateQueries({ queryKey: ["services", "explain"] }) });
  return (
    <>
      <PageHeader
        title="Services"
        actions={
          <>
            <Button busy={apply.isPending} onClick={() => apply.mutate()}>
              <RefreshCw /> {explained.data?.awaitsApply ? "Apply the plan" : "Try now"}
            </Button>
            <Link to="/admin/services/target" className={buttonLook("primary")}>
              Edit the target
            </Link>
          </>
        }
      >
        <EngineLine />
      </PageHeader>
      {apply.error && <ProblemNotice cause={apply.error} className="mb-4" />}
      {explained.isPending && <SkeletonRows />}
      {explained.isError && !explained.data && <ProblemPanel cause={explained.error} onRetry={() => void explained.refetch()} />}
      {explained.data && <Explained explanation={explained.data} />}
    </>
  );
}

function EngineLine() {
  const { data } = useQuery(engineQuery);
  if (!data?.engine || data.dockerMode !== "real") return <>Containers that shall run on this machine, whoever is signed in.</>;
  const open = data.engine.limits.filter((limit) => !limit.enforced).map((limit) => limit.name);
  return (
    <>
      Containers that shall run on this machine, on {data.engine.kind} {data.engine.version}.
      {open.length > 0 && ` Not limited there: ${open.join(", ")}.`}
    </>
  );
}

function Explained({ explanation }: { explanation: Explanation }) {
  const { services, steps, lastError, seenAt } = explanation;
  const apps = byApp(services);
  return (
    <div className="flex flex-col gap-5">
      {lastError && <Notice tone="danger">{lastError}</Notice>}
      <p className="flex flex-wrap items-center gap-x-2 text-sm text-ink-2" role="status">
        {summary(explanation)}
        {seenAt && (
          <span className="text-ink-3">
            The engine was looked at <RelativeTime at={seenAt} />.
          </span>
        )}
      </p>
      {apps.length === 0 && (
        <EmptyState icon={<Container />} title="No services">
          Nothing is wanted, and nothing of ours runs. Write down what shall run: the target.
        </EmptyState>
      )}
      {apps.map(({ id, name, services: ofApp }) => (
        <Panel key={id} title={name || `App ${id}`} description={`App ${id}`}>
          <ul className="-my-2 divide-y divide-line">
            {ofApp.map((service) => (
              <ServiceRow key={service.serviceId} service={service} />
            ))}
          </ul>
        </Panel>
      ))}
      {steps.length > 0 && (
        <Panel title="The plan" description="What leads from what runs to what is wanted.">
          <StepList steps={steps} />
        </Panel>
      )}
    </div>
  );
}

function summary({ applied, isReconciling, awaitsApply }: Explanation): string {
  if (applied) return "Everything is as wanted.";
  if (isReconciling) return "Steps run now.";
  return awaitsApply ? "The plan waits until you apply it." : "Not everything is as wanted.";
}

function ServiceRow({ service }: { service: Verdict }) {
  const isFine = service.standing === "applied" || service.standing === "finished";
  return (
    <li className="flex flex-wrap items-start gap-x-4 gap-y-1.5 py-3">
      <div className="min-w-44 flex-1">
        <p className="font-medium">{service.serviceName}</p>
        <p className="font-mono text-[12.5px] break-all text-ink-3">{service.image}</p>
      </div>
      <div className="flex flex-wrap items-center gap-2">
        <StandingBadge standing={service.standing} />
        <span className="text-[13px] text-ink-2">{service.status}</span>
        <Link to={`/admin/services/logs?service=${encodeURIComponent(service.serviceName)}`} className="text-[13px] underline hover:text-ink">
          Logs<span className="sr-only"> of {service.serviceName}</span>
        </Link>
      </div>
      {!isFine && (
        <div className="basis-full text-[13px] text-ink-2">
          <p>
            {sentence(service.why)} Next: {service.next}
            {service.retryAt && (
              <>
                , <RelativeTime at={service.retryAt} />
              </>
            )}
            .
          </p>
          {service.remedy && <p className="mt-0.5 font-medium text-ink">{sentence(service.remedy)}</p>}
        </div>
      )}
    </li>
  );
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`.replace(/\.\.$/, ".");
}

interface AppServices {
  id: number;
  name: string;
  services: Verdict[];
}

function byApp(services: readonly Verdict[]): AppServices[] {
  const apps = new Map<number, AppServices>();
  for (const service of services) {
    const app = apps.get(service.appId) ?? { id: service.appId, name: service.appName, services: [] };
    app.services.push(service);
    apps.set(service.appId, app);
  }
  return [...apps.values()].sort((one, other) => one.id - other.id);
}
