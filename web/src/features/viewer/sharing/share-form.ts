import type { ShareDraft } from "@/api/sharing";
import type { SharePermission } from "@/api/wire-sharing";

/** What the share dialog holds while somebody fills it in. */
export interface ShareForm {
  whom: "user" | "link";
  username: string;
  permission: SharePermission;
  /** Seconds. */
  lifetime: number;
  /** Digits, or empty for any number. */
  maxUses: string;
  approval: boolean;
  guests: boolean;
}

const HOUR_SECONDS = 3600;
export const DAY_SECONDS = 24 * HOUR_SECONDS;

export const LIFETIMES = [
  { seconds: HOUR_SECONDS, label: "1 hour" },
  { seconds: 8 * HOUR_SECONDS, label: "8 hours" },
  { seconds: DAY_SECONDS, label: "1 day" },
  { seconds: 7 * DAY_SECONDS, label: "7 days" },
  { seconds: 30 * DAY_SECONDS, label: "30 days" },
] as const;

export const START: ShareForm = {
  whom: "link",
  username: "",
  permission: "read_only",
  lifetime: DAY_SECONDS,
  maxUses: "",
  approval: false,
  guests: false,
};

/** The form as the server wants it: what does not belong to the chosen kind is left out. */
export function draftOf(form: ShareForm): ShareDraft {
  const terms = { permission: form.permission, expires_in: form.lifetime };
  if (form.whom === "user") return { ...terms, username: form.username.trim() };
  const { approval, guests } = form;
  return { ...terms, link_share: true, approval, guests, ...(form.maxUses ? { max_uses: Number(form.maxUses) } : {}) };
}
