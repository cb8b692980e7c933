import { ssoPath } from "@/api/auth";
import { buttonLook } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";

const PROBLEMS: Readonly<Record<string, string>> = {
  sso_state: "That sign-in took too long, or began in another browser. Try again.",
  sso_refused: "The sign-in was refused there. Try again, or ask your administrator.",
  sso_unavailable: "The sign-in service does not answer just now. Try again in a minute, or use a password.",
  sso_not_allowed: "You are known there, but not allowed in here. Your administrator can change that.",
  sso_account: "Your account here cannot be used. Your administrator can help.",
};

/** What went wrong elsewhere; codes that nobody defined say nothing of their own. */
export function SsoProblem({ code }: { code: string | null }) {
  if (!code) return null;
  return (
    <Notice tone="danger" live className="mb-5">
      {PROBLEMS[code] ?? "The sign-in did not succeed. Try again."}
    </Notice>
  );
}

/** A link and no button: the browser leaves this page. */
export function SsoButton({ name, next }: { name: string | undefined; next: string }) {
  return (
    <>
      <div aria-hidden="true" className="my-5 flex items-center gap-3 text-[12px] text-ink-3">
        <span className="h-px flex-1 bg-line" /> or <span className="h-px flex-1 bg-line" />
      </div>
      <a href={ssoPath(next)} className={`${buttonLook("plain", "large")} w-full`}>
        Continue with {name || "single sign-on"}
      </a>
    </>
  );
}
