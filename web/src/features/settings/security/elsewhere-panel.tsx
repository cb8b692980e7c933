import { useQuery } from "@tanstack/react-query";
import { configQuery } from "@/api/config";
import { Panel } from "@/components/ui/page";

/** For people of an identity provider: there is no password here, and so nothing to guard with a second factor. */
export function ElsewherePanel() {
  const { data: config } = useQuery(configQuery);
  const service = config?.sso_name || "another service";
  return (
    <Panel title="Password and second factor">
      <p className="text-[13.5px] text-ink-2">You sign in with {service}. Your password and your second factor are kept there, not here.</p>
    </Panel>
  );
}
