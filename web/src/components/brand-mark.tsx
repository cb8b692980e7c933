import { useQuery } from "@tanstack/react-query";
import { configQuery, rememberedBranding } from "@/api/config";
import { Mark } from "./ui/logo";

/** The installation's name; the last visit's until the server has answered. */
export function useBrandName(): string {
  const { data: config } = useQuery(configQuery);
  return (config ?? rememberedBranding())?.tenant_name || "Sortie";
}

/** The installation's own logo, large, or ours. */
export function BrandMark() {
  const { data: config } = useQuery(configQuery);
  const url = (config ?? rememberedBranding())?.logo_url;
  return url ? <img src={url} alt="" className="h-12 max-w-48 object-contain" /> : <Mark className="size-12" />;
}
