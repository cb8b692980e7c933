import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState, type SubmitEvent } from "react";
import { Link, useNavigate } from "react-router";
import { meQuery } from "@/api/auth";
import { asProblem, type Problem } from "@/api/problem";
import { joinByLink, joinStanding } from "@/api/sharing";
import type { Session } from "@/api/wire";
import { BrandMark } from "@/components/brand-mark";
import { Button, buttonLook } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { FrontCard } from "@/components/ui/front-card";
import { Notice } from "@/components/ui/notice";
import { Skeleton } from "@/components/ui/skeleton";
import { sessionPath } from "@/hooks/use-launch";
import { usePageTitle } from "@/hooks/use-page-title";
import { takeFragmentSecret } from "@/lib/fragment-secret";

const WAIT_POLL_MS = 1500;
const SIGN_IN = "/sign-in?next=%2Fjoin";

/** Where a share link leads. Nothing is used up before somebody presses the button. */
export function JoinPage() {
  usePageTitle("Join a session");
  const [secret] = useState(takeFragmentSecret);
  const [waiting, setWaiting] = useState<string | null>(null);
  const me = useQuery(meQuery);
  const enter = useEnter();
  if (!secret && !waiting) {
    return (
      <FrontCard title="This link is not complete" logo={<BrandMark />} footer={<CatalogLink />}>
        <p className="text-sm text-ink-2">Open it once more from the message that it came with, and take care that it is whole.</p>
      </FrontCard>
    );
  }
  return (
    <FrontCard title="You are invited to a session" lead="Somebody shares their screen with you." logo={<BrandMark />} footer={me.data ? <CatalogLink /> : undefined}>
      {me.isPending && <Skeleton className="h-24" />}
      {!me.isPending &&
        (waiting ? (
          <Waiting join={waiting} onAdmitted={enter} />
        ) : (
          <JoinForm secret={secret} name={me.data ? me.data.name || me.data.username : null} onWaiting={setWaiting} onJoined={enter} />
        ))}
    </FrontCard>
  );
}

function CatalogLink() {
  return (
    <Link to="/" className="underline hover:text-ink">
      Go to the catalog
    </Link>
  );
}

/** Goes to the session. A guest is somebody only since joining, so who is signed in is asked again. */
function useEnter(): (session: Session) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  return (session) => {
    void client.invalidateQueries({ queryKey: meQuery.queryKey }).then(() => navigate(sessionPath(session.id), { replace: true }));
  };
}

interface JoinFormProps {
  secret: string;
  /** Of the person who is signed in. */
  name: string | null;
  onWaiting: (join: string) => void;
  onJoined: (session: Session) => void;
}

function JoinForm({ secret, name, onWaiting, onJoined }: JoinFormProps) {
  const [guest, setGuest] = useState("");
  const join = useMutation({
    mutationFn: () => joinByLink(secret, name === null ? guest.trim() : undefined),
    onSuccess: (answer) => ("join_id" in answer ? onWaiting(answer.join_id) : onJoined(answer)),
  });
  const problem = join.error ? asProblem(join.error) : null;
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    join.mutate();
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      {problem && (
        <Notice tone="danger" live>
          {refusal(problem)}
        </Notice>
      )}
      {name === null ? (
        <>
          <Link to={SIGN_IN} className={buttonLook("primary", "large")}>
            Sign in to join
          </Link>
          <p className="text-center text-[12.5px] text-ink-3">or, if the link allows it, without an account</p>
          <TextField label="Your name" autoComplete="name" required value={guest} error={problem?.forField("name")} onChange={(event) => setGuest(event.target.value)} />
        </>
      ) : (
        <p className="text-sm text-ink-2">
          You come in as <strong className="text-ink">{name}</strong>, and the owner sees that.
        </p>
      )}
      <Button type="submit" tone={name === null ? "plain" : "primary"} size="large" busy={join.isPending}>
        {name === null ? "Join as a guest" : "Join"}
      </Button>
    </form>
  );
}

function refusal(problem: Problem): string {
  if (problem.code === "sign_in_needed") return "This link is for people with an account. Sign in, and you come right back.";
  if (problem.status === 404) return "This link does not work any more. It may have ended, or be used up. Ask for a new one.";
  return problem.message;
}

function Waiting({ join, onAdmitted }: { join: string; onAdmitted: (session: Session) => void }) {
  const standing = useQuery({
    queryKey: ["join", join],
    queryFn: ({ signal }) => joinStanding(join, signal),
    refetchInterval: ({ state }) => (state.data?.status === "waiting" || !state.data ? WAIT_POLL_MS : false),
  });
  const session = standing.data?.session;
  useEffect(() => {
    if (session) onAdmitted(session);
    // Once: what it does leaves the page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [session]);
  if (standing.error) return <Notice tone="danger">{refusal(asProblem(standing.error))}</Notice>;
  if (standing.data?.status === "refused") return <Notice tone="warn">The owner did not let you in.</Notice>;
  return (
    <div role="status" className="text-center">
      <p className="font-medium">Waiting for the owner to let you in</p>
      <p className="mt-1 text-sm text-ink-2">Keep this page open. It goes on by itself.</p>
      <div aria-hidden="true" className="mt-4 h-[3px] overflow-hidden rounded-full bg-line">
        <div className="h-full w-1/3 animate-sweep rounded-full bg-signal" />
      </div>
    </div>
  );
}
