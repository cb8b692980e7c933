import { useMutation } from "@tanstack/react-query";
import { useState, type SubmitEvent } from "react";
import { asProblem } from "@/api/problem";
import { beginSecondFactor, confirmSecondFactor } from "@/api/security";
import { ProblemNotice } from "@/components/problem-panel";
import { Button } from "@/components/ui/button";
import { Copyable } from "@/components/ui/copyable";
import { Dialog } from "@/components/ui/dialog";
import { TextField } from "@/components/ui/field";
import { QrCode } from "./qr-code";

interface SetUpDialogProps {
  onDone: (recoveryCodes: string[]) => void;
  onClose: () => void;
}

/** Two steps: the password, so that nobody does this on an unlocked computer; then a code of the authenticator. */
export function SetUpDialog({ onDone, onClose }: SetUpDialogProps) {
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const begin = useMutation({ mutationFn: () => beginSecondFactor(password) });
  const confirm = useMutation({
    mutationFn: () => confirmSecondFactor(code.trim()),
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
    onError: () => setCode(""),
  });
  const onSubmit = (act: () => void) => (event: SubmitEvent) => {
    event.preventDefault();
    act();
  };
  const refused = begin.error ? asProblem(begin.error) : null;
  if (!begin.data) {
    return (
      <Dialog open onClose={onClose} title="Set up a second factor" description="From then on, signing in asks for a code of an authenticator app on your phone, too.">
        <form onSubmit={onSubmit(() => begin.mutate())} className="flex flex-col gap-4">
          {refused && refused.errors.length === 0 && <ProblemNotice cause={refused} />}
          <TextField
            label="Your password"
            type="password"
            autoComplete="current-password"
            required
            value={password}
            error={refused?.forField("password")}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Button type="submit" tone="primary" busy={begin.isPending} disabled={password === ""}>
            Continue
          </Button>
        </form>
      </Dialog>
    );
  }
  const { secret, otpauth_url } = begin.data;
  const wrong = confirm.error ? asProblem(confirm.error) : null;
  const codeError = wrong?.code === "invalid_code" ? "That code is not right. Is your phone’s clock?" : undefined;
  return (
    <Dialog open onClose={onClose} title="Scan this with your authenticator">
      <form onSubmit={onSubmit(() => confirm.mutate())} className="flex flex-col gap-4">
        <div className="flex flex-col items-center gap-4 sm:flex-row sm:items-start">
          <QrCode text={otpauth_url} label="Code to scan with an authenticator app" className="size-44 shrink-0 rounded-lg border border-line" />
          <div className="min-w-0 text-[13px] text-ink-2">
            <p>Any app for time-based codes will do.</p>
            <p className="mt-3 text-ink-3">If you cannot scan it, type this secret:</p>
            <Copyable text={secret} label="the secret" className="mt-1 text-[13px] break-all text-ink [&_span]:overflow-visible [&_span]:text-left [&_span]:whitespace-normal" />
          </div>
        </div>
        {wrong && !codeError && <ProblemNotice cause={wrong} />}
        <TextField
          label="The code that it shows"
          hint="Six digits, new every half minute"
          error={codeError}
          inputMode="numeric"
          autoComplete="one-time-code"
          mono
          required
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
        <Button type="submit" tone="primary" busy={confirm.isPending} disabled={code.trim() === ""}>
          Switch it on
        </Button>
      </form>
    </Dialog>
  );
}
