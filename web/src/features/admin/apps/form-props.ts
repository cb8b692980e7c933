import type { AppSpec } from "@/api/wire";

/** What every part of the app's form is given. */
export interface FormProps {
  draft: AppSpec;
  isNew: boolean;
  /** Categories that exist, as suggestions. */
  categories: readonly string[];
  errorOf: (field: string) => string | undefined;
  onChange: (patch: Partial<AppSpec>) => void;
}
