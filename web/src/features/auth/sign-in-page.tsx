import { useMutation, useQuery } from "@tanstack/react-query";
import Eye from "lucide-react/icons/eye";
import EyeOff from "lucide-react/icons/eye-off";
import { useState, type SubmitEvent } from "react";
import { Link, Navigate, useSearchParams } from "react-router";
import { meQuery, signIn } from "@/api/auth";
import { configQuery } from "@/api/config";
import { asProblem, type Problem } from "@/api/problem";
import type { User } from "@/api/wire";
import type { Challenge } from "@/api/wire-accounts";
import { BrandMark, useBrandName } from "@/components/brand-mark";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { FrontCard } from "@/components/ui/front-card";
import { Notice } from "@/components/ui/notice";
import { usePageTitle } from "@/hooks/use-page-title";
import { useNow } from "@/hooks/use-now";
import { stopwatch } from "@/lib/time";
import { safeNext } from "./next-path";
import { PublicApps } from "./public-apps";
import { SecondStep } from "./second-step";
import { SsoButton, SsoProblem } from "./sso";
import { useEnter } from "./use-enter";

export function SignInPage() {
  usePageTitle("Sign in");
  const { data: me } = useQuery(meQuery);
  const { data: config } = useQuery(configQuery);
  const [params] = useSearchParams();
  const name = useBrandName();
  const next = safeNext(params.get("next"));
  const enter = useEnter();
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  if (me) return <Navigate to={next} replace />;
  if (challenge) {
    return (
      <FrontCard title="One more step" lead={`Signing in to ${name}`} logo={<BrandMark />} footer="Lost phone and recovery codes? Your administrator can help.">
        <SecondStep challenge={challenge} onSignedIn={enter} onBack={() => setChallenge(null)} />
      </FrontCard>
    );
  }
  return (
    <FrontCard title={`Sign in to ${name}`} lead="Your apps, in this browser." logo={<BrandMark />} footer={<NoAccount open={config?.allow_registration ?? false} />} below={<PublicApps />}>
      {config && !config.sign_in.allowed && (
        <Notice tone="warn" className="mb-5">
          <p className="font-medium">Sign-in is switched off on this address</p>
          <p>{config.sign_in.remedy}</p>
        </Notice>
      )}
      {config?.sign_in_notice && (
        <Notice tone="info" className="mb-5">
          <p className="[overflow-wrap:anywhere] whitespace-pre-line">{config.sign_in_notice}</p>
        </Notice>
      )}
      <SsoProblem code={params.get("problem")} />
      <SignInForm onSignedIn={enter} onChallenge={setChallenge} />
      {config?.sso_enabled && <SsoButton name={config.sso_name} next={next} />}
    </FrontCard>
  );
}

function NoAccount({ open }: { open: boolean }) {
  if (!open) return "No account, or a lost password? Your administrator can help.";
  return (
    <>
      No account yet?{" "}
      <Link to="/register" className="font-medium text-ink-2 underline hover:text-ink">
        Create one
      </Link>
    </>
  );
}

interface SignInFormProps {
  onSignedIn: (user: User) => void;
  /** The password was right, and a code is still to come. */
  onChallenge: (challenge: Challenge) => void;
}

function SignInForm({ onSignedIn, onChallenge }: SignInFormProps) {
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isShown, setIsShown] = useState(false);
  const [blockedUntil, setBlockedUntil] = useState(0);
  const attempt = useMutation({
    mutationFn: () => signIn(username.trim(), password),
    onSuccess: (answer) => {
      if ("user" in answer) onSignedIn(answer.user);
      else onChallenge(answer.second_factor);
    },
    onError: (cause) => {
      const { retryAfter } = asProblem(cause);
      if (retryAfter !== null) setBlockedUntil(Date.now() + retryAfter * 1000);
    },
  });
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      {attempt.error && (
        <Notice tone="danger" live>
          <Refusal problem={asProblem(attempt.error)} until={blockedUntil} />
        </Notice>
      )}
      <TextField
        label="User name"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        // The page has one purpose, and this field is its beginning.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        required
        value={username}
        onChange={(event) => setUsername(event.target.value)}
      />
      <div className="relative">
        <TextField
          label="Password"
          name="password"
          type={isShown ? "text" : "password"}
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
        <button
          type="button"
          aria-label={isShown ? "Hide the password" : "Show the password"}
          onClick={() => setIsShown(!isShown)}
          className="absolute right-1.5 bottom-1 grid size-8 place-items-center rounded-md text-ink-3 hover:text-ink"
        >
          {isShown ? <EyeOff className="size-4" /> : <Eye className="size-4" />}
        </button>
      </div>
      <Button type="submit" tone="primary" size="large" busy={attempt.isPending} className="mt-1 w-full">
        {attempt.isPending ? "Signing in…" : "Sign in"}
      </Button>
    </form>
  );
}

function Refusal({ problem, until }: { problem: Problem; until: number }) {
  const now = useNow(500);
  const wait = Math.ceil((until - now) / 1000);
  if (problem.is("invalid_credentials")) return "User name or password is wrong.";
  if (problem.is("too_many_attempts")) {
    return wait > 0 ? `Too many tries. You can try again in ${stopwatch(wait)}.` : "You can try again now.";
  }
  return problem.message;
}
