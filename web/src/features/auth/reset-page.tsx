import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link } from "react-router";
import { resetPassword } from "@/api/auth";
import { asProblem } from "@/api/problem";
import { BrandMark } from "@/components/brand-mark";
import { ProblemNotice } from "@/components/problem-panel";
import { Button, buttonLook } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { FrontCard } from "@/components/ui/front-card";
import { Notice } from "@/components/ui/notice";
import { usePageTitle } from "@/hooks/use-page-title";
import { takeFragmentSecret } from "@/lib/fragment-secret";

/** Where the link of an administrator leads: a new password, once. */
export function ResetPage() {
  usePageTitle("New password");
  const [token] = useState(takeFragmentSecret);
  const [password, setPassword] = useState("");
  const reset = useMutation({ mutationFn: () => resetPassword(token, password) });
  const problem = reset.error ? asProblem(reset.error) : null;
  const isDead = token === "" || problem?.is("invalid_token");
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    reset.mutate();
  };
  return (
    <FrontCard title="Choose a new password" logo={<BrandMark />}>
      {reset.isSuccess && (
        <div role="status" className="flex flex-col gap-4 text-center">
          <p className="text-sm text-ink-2">Your password is changed, and your sign-ins on all devices were ended.</p>
          <Link to="/sign-in" className={buttonLook("primary", "large")}>
            Sign in
          </Link>
        </div>
      )}
      {!reset.isSuccess && isDead && (
        <Notice tone="warn" live>
          This link does not work any more: it is good once, for a day. Ask your administrator for a new one.
        </Notice>
      )}
      {!reset.isSuccess && !isDead && (
        <form onSubmit={onSubmit} className="flex flex-col gap-4">
          {problem && problem.errors.length === 0 && <ProblemNotice cause={problem} />}
          <TextField
            label="New password"
            type="password"
            autoComplete="new-password"
            required
            value={password}
            error={problem?.forField("new_password")}
            hint="A sentence that only you would say is better than a word with digits."
            onChange={(event) => setPassword(event.target.value)}
          />
          <Button type="submit" tone="primary" size="large" busy={reset.isPending}>
            Set the password
          </Button>
        </form>
      )}
    </FrontCard>
  );
}
