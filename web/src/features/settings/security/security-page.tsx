import { PageBody } from "@/components/ui/page";
import { usePageTitle } from "@/hooks/use-page-title";
import { PasswordPanel } from "../password-panel";
import { SettingsHeader } from "../settings-header";
import { SecondFactorPanel } from "./second-factor-panel";
import { SignInsPanel } from "./sign-ins-panel";
import { TokensPanel } from "./tokens-panel";

/** Everything with which somebody can get into one's own account. */
export function SecurityPage() {
  usePageTitle("Security");
  return (
    <PageBody narrow>
      <SettingsHeader />
      <div className="flex flex-col gap-5">
        <SecondFactorPanel />
        <SignInsPanel />
        <TokensPanel />
        <PasswordPanel />
      </div>
    </PageBody>
  );
}
