import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import Eye from "lucide-react/icons/eye";
import EyeOff from "lucide-react/icons/eye-off";
import { useState, type SubmitEvent } from "react";
import { Navigate, useSearchParams } from "react-router";
import { meQuery, signIn } from "@/api/auth";
import { configQuery, rememberedBranding } from "@/api/config";
import { asProblem, type Problem } from "@/api/problem";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Mark } from "@/components/ui/logo";
import { Notice } from "@/components/ui/notice";
import { usePageTitle } from "@/hooks/use-page-title";
import { useNow } from "@/hooks/use-now";
import { stopwatch } from "@/lib/time";
import { safeNext } from "./next-path";

export function SignInPage() {
  usePageTitle("Sign in");
  const { data: me } = useQuery(meQuery);
  const { data: config } = useQuery(configQuery);
  const [params] = useSearchParams();
  const brand = config ?? rememberedBranding();
  const name = brand?.tenant_name || "Sortie";
  if (me) return <Navigate to={safeNext(params.get("next"))} replace />;
  return (
    <main className="relative grid min-h-dvh place-items-center overflow-hidden px-5 py-10">
      <Trails />
      <div className="relative w-full max-w-[22.5rem] animate-rise">
        <div className="mb-7 flex flex-col items-center text-center">
          {brand?.logo_url ? <img src={brand.logo_url} alt="" className="h-12 max-w-48 object-contain" /> : <Mark className="size-12" />}
          <h1 className="mt-5 text-[22px] font-semibold tracking-[-0.02em]">Sign in to {name}</h1>
          <p className="mt-1 text-sm text-ink-2">Your apps, in this browser.</p>
        </div>
        <div className="rounded-2xl border border-line bg-surface p-6 shadow-lift">
          {config && !config.sign_in.allowed && (
            <Notice tone="warn" className="mb-5">
              <p className="font-medium">Sign-in is switched off on this address</p>
              <p>{config.sign_in.remedy}</p>
            </Notice>
          )}
          <SignInForm />
        </div>
        <p className="mt-5 text-center text-[12.5px] text-ink-3">No account, or a lost password? Your administrator can help.</p>
      </div>
    </main>
  );
}

/** Lines of departure behind the card: decoration only. */
function Trails() {
  return (
    <svg aria-hidden="true" className="pointer-events-none absolute inset-0 size-full text-line" preserveAspectRatio="xMidYMid slice" viewBox="0 0 1200 800">
      <g fill="none" stroke="currentColor" strokeWidth="1">
        {Array.from({ length: 9 }, (_, index) => (
          <path key={index} d={`M-40 ${820 - index * 12} C 380 ${760 - index * 46}, 720 ${620 - index * 78}, 1260 ${60 - index * 44}`} />
        ))}
      </g>
      <path d="M-40 772 C 380 576, 720 308, 1260 -116" fill="none" stroke="var(--signal)" strokeWidth="1.5" opacity="0.55" />
    </svg>
  );
}

function SignInForm() {
  const client = useQueryClient();
  const [username, setUsername] = useState("");
  const [password, setPassword] = useState("");
  const [isShown, setIsShown] = useState(false);
  const [blockedUntil, setBlockedUntil] = useState(0);
  const attempt = useMutation({
    mutationFn: () => signIn(username.trim(), password),
    onSuccess: (user) => {
      // What was read as nobody is not what this person may see.
      client.removeQueries({ predicate: (query) => query.queryKey[0] !== "me" });
      client.setQueryData(meQuery.queryKey, user);
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
  if (problem.code === "invalid_credentials") return "User name or password is wrong.";
  if (problem.code === "too_many_attempts") {
    return wait > 0 ? `Too many tries. You can try again in ${stopwatch(wait)}.` : "You can try again now.";
  }
  return problem.message;
}
