import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { proveSecondFactor } from "@/api/auth";
import { asProblem, type Problem } from "@/api/problem";
import type { User } from "@/api/wire";
import type { Challenge } from "@/api/wire-accounts";
import { Button } from "@/components/ui/button";
import { TextField } from "@/components/ui/field";
import { Notice } from "@/components/ui/notice";

interface SecondStepProps {
  challenge: Challenge;
  onSignedIn: (user: User) => void;
  onBack: () => void;
}

/** The code after the password. */
export function SecondStep({ challenge, onSignedIn, onBack }: SecondStepProps) {
  const [code, setCode] = useState("");
  const [isRecovery, setIsRecovery] = useState(false);
  const prove = useMutation({
    mutationFn: () => proveSecondFactor(challenge.challenge, code.trim()),
    onSuccess: onSignedIn,
    onError: () => setCode(""),
  });
  const onSubmit = (event: SubmitEvent) => {
    event.preventDefault();
    prove.mutate();
  };
  return (
    <form onSubmit={onSubmit} className="flex flex-col gap-4">
      {prove.error && (
        <Notice tone="danger" live>
          {refusal(asProblem(prove.error))}
        </Notice>
      )}
      <TextField
        key={isRecovery ? "recovery" : "totp"}
        label={isRecovery ? "Recovery code" : "Code of your authenticator"}
        hint={isRecovery ? "Each one works once." : "Six digits, new every half minute."}
        inputMode={isRecovery ? "text" : "numeric"}
        autoComplete="one-time-code"
        autoCapitalize="none"
        spellCheck={false}
        mono
        // The password was just sent; this field is what comes next.
        // eslint-disable-next-line jsx-a11y/no-autofocus
        autoFocus
        required
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <Button type="submit" tone="primary" size="large" busy={prove.isPending} disabled={code.trim() === ""}>
        Continue
      </Button>
      <div className="flex flex-wrap justify-between gap-2 text-[13px]">
        <button type="button" className="rounded text-ink-2 underline hover:text-ink" onClick={onBack}>
          Back
        </button>
        {challenge.methods.includes("recovery_code") && (
          <button
            type="button"
            className="rounded text-ink-2 underline hover:text-ink"
            onClick={() => {
              setCode("");
              setIsRecovery(!isRecovery);
            }}
          >
            {isRecovery ? "Use the authenticator" : "Use a recovery code"}
          </button>
        )}
      </div>
    </form>
  );
}

function refusal(problem: Problem): string {
  if (problem.is("invalid_code")) return "That code is not right, or was used already. If it goes on, go back and sign in again.";
  return problem.message;
}
