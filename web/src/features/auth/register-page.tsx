import { useMutation, useQuery } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { Link, Navigate } from "react-router";
import { meQuery, register } from "@/api/auth";
import { configQuery } from "@/api/config";
import { asProblem } from "@/api/problem";
import { BrandMark, useBrandName } from "@/components/brand-mark";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { FrontCard } from "@/components/ui/front-card";
import { usePageTitle } from "@/hooks/use-page-title";
import { useEnter } from "./use-enter";

const EMPTY = { username: "", display_name: "", email: "", password: "" };

/** A new account of one's own, where the installation allows it. */
export function RegisterPage() {
  usePageTitle("Create an account");
  const { data: me } = useQuery(meQuery);
  const { data: config } = useQuery(configQuery);
  const name = useBrandName();
  if (me) return <Navigate to="/" replace />;
  return (
    <FrontCard
      title={`Join ${name}`}
      lead="An account of your own."
      logo={<BrandMark />}
      footer={
        <Link to="/sign-in" className="underline hover:text-ink">
          I have an account
        </Link>
      }
    >
      {config?.allow_registration === false ? (
        <p className="text-sm text-ink-2">New accounts are made by an administrator here. Ask yours for one.</p>
      ) : (
        <RegisterForm />
      )}
    </FrontCard>
  );
}

function RegisterForm() {
  const enter = useEnter();
  const [draft, setDraft] = useState(EMPTY);
  const attempt = useMutation({
    mutationFn: () => {
      const { username, password, email, display_name } = draft;
      return register({
        username: username.trim(),
        password,
        ...(email.trim() ? { email: email.trim() } : {}),
        ...(display_name.trim() ? { display_name: display_name.trim() } : {}),
      });
    },
    onSuccess: enter,
  });
  const problem = attempt.error ? asProblem(attempt.error) : null;
  const field = (name: keyof typeof EMPTY) => ({
    value: draft[name],
    error: problem?.forField(name),
    onChange: (event: { target: { value: string } }) => setDraft({ ...draft, [name]: event.target.value }),
  });
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    attempt.mutate();
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      {problem && <ProblemNotice cause={problem} />}
      <TextField label="User name" autoComplete="username" autoCapitalize="none" spellCheck={false} required {...field("username")} />
      <TextField label="Name" autoComplete="name" hint="As others see you, if not by the user name" {...field("display_name")} />
      <TextField label="E-mail" type="email" autoComplete="email" hint="If you like" {...field("email")} />
      <TextField label="Password" type="password" autoComplete="new-password" required hint="A sentence that only you would say is better than a word with digits." {...field("password")} />
      <Button type="submit" tone="primary" size="large" busy={attempt.isPending}>
        Create the account
      </Button>
    </form>
  );
}
