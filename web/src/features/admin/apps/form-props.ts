import type { AppSpec } from "@/api/wire";

/** What every part of the app's form is given. */
export interface FormProps {
  draft: AppSpec;
  isNew: boolean;
  /** Whether one may say what runs in it; else only how it is shown, and to whom. */
  mayConfigure: boolean;
  /** Categories that it may be in: suggestions for whoever may make new ones, a choice for others. */
  categories: readonly string[];
  errorOf: (field: string) => string | undefined;
  onChange: (patch: Partial<AppSpec>) => void;
}
