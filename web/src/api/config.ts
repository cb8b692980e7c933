import { queryOptions } from "@tanstack/react-query";
import { readStored, writeStored } from "@/lib/storage";
import { request } from "./client";
import type { ServerConfig } from "./wire";

const LAST_BRANDING = "sortie-branding";

type Branding = Pick<ServerConfig, "tenant_name" | "logo_url" | "primary_color" | "secondary_color">;

/** Name, branding, whether sign-in works here and what the runtime lacks. */
export const configQuery = queryOptions({
  queryKey: ["config"],
  queryFn: async ({ signal }) => {
    const config = await request<ServerConfig>("/api/config", { signal });
    const { tenant_name, logo_url, primary_color, secondary_color } = config;
    writeStored(
      LAST_BRANDING,
      JSON.stringify({ tenant_name, logo_url, primary_color, secondary_color } satisfies Branding),
    );
    return config;
  },
  staleTime: 60_000,
});

/** The branding of the last visit, so that the first paint is already in its colours. */
export function rememberedBranding(): Branding | null {
  try {
    const value: unknown = JSON.parse(readStored(LAST_BRANDING) ?? "null");
    if (typeof value !== "object" || value === null) return null;
    const field = (name: string) => {
      const found = (value as Record<string, unknown>)[name];
      return typeof found === "string" ? found : "";
    };
    return {
      tenant_name: field("tenant_name"),
      logo_url: field("logo_url"),
      primary_color: field("primary_color"),
      secondary_color: field("secondary_color"),
    };
  } catch {
    return null;
  }
}
