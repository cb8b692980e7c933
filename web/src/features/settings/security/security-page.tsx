import { PageBody } from "@/components/ui/page";
import { useMe } from "@/hooks/use-me";
import { usePageTitle } from "@/hooks/use-page-title";
import { PasswordPanel } from "../password-panel";
import { SettingsHeader } from "../settings-header";
import { ElsewherePanel } from "./elsewhere-panel";
import { SecondFactorPanel } from "./second-factor-panel";
import { SignInsPanel } from "./sign-ins-panel";
import { TokensPanel } from "./tokens-panel";

/** Everything with which somebody can get into one's own account. */
export function SecurityPage() {
  usePageTitle("Security");
  const { me } = useMe();
  return (
    <PageBody narrow>
      <SettingsHeader />
      <div className="flex flex-col gap-5">
        {me?.has_password && <SecondFactorPanel />}
        {me && !me.has_password && <ElsewherePanel />}
        <SignInsPanel />
        <TokensPanel />
        {me?.has_password && <PasswordPanel />}
      </div>
    </PageBody>
  );
}
