import { useQuery } from "@tanstack/react-query";
import CircleCheck from "lucide-react/icons/circle-check";
import CircleX from "lucide-react/icons/circle-x";
import EyeOff from "lucide-react/icons/eye-off";
import { explanationQuery, type AccessQuestion } from "@/api/access";
import { ProblemPanel } from "@/components/problem-panel";
import { Copyable } from "@/components/ui/copyable";
import { Skeleton } from "@/components/ui/skeleton";
import { cn } from "@/lib/format";

const LOOKS = {
  granted: { icon: CircleCheck, tone: "bg-live-soft text-live", say: (words: string) => `may ${words}` },
  denied: { icon: CircleX, tone: "bg-danger-soft text-danger", say: (words: string) => `may not ${words}` },
  hidden: { icon: EyeOff, tone: "bg-warn-soft text-warn", say: (words: string) => `may not ${words}, and is not told that it exists` },
} as const;

/** Yes or no, and the rule that decided. */
export function Answer({ question, words }: { question: AccessQuestion; words: string }) {
  const answer = useQuery(explanationQuery(question));
  if (answer.isPending) return <Skeleton className="h-32 rounded-xl" />;
  if (answer.isError) return <ProblemPanel cause={answer.error} onRetry={() => void answer.refetch()} />;
  const { decision, because, rule, principal } = answer.data;
  const { icon: Icon, tone, say } = LOOKS[decision];
  return (
    <section aria-label="Answer" aria-live="polite" className="rounded-xl border border-line bg-surface p-5 shadow-card">
      <div className="flex gap-4">
        <span className={cn("grid size-10 shrink-0 place-items-center rounded-full", tone)}>
          <Icon className="size-5" aria-hidden="true" />
        </span>
        <div className="min-w-0">
          <p className="text-[15px] font-semibold break-words">
            {principal.username} {say(words)}
          </p>
          <p className="mt-1 text-[14px] text-ink-2 first-letter:uppercase">{because}</p>
          <p className="mt-3 flex items-center gap-1.5 text-[12px] text-ink-3">
            Rule <Copyable text={rule} label="rule" />
          </p>
        </div>
      </div>
    </section>
  );
}
