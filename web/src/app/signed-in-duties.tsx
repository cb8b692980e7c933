import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { configQuery } from "@/api/config";
import { followEvents } from "@/api/events";
import { createLiveCache } from "@/api/live-cache";
import { followPreferences } from "@/api/preferences";
import { ownTenantsQuery } from "@/api/tenants";
import { useMe } from "@/hooks/use-me";
import { applyBranding } from "./branding";
import { Palette } from "./palette";

const EVENTS = "/api/sessions/events";

/** What goes on behind every page once it is painted: events, preferences, branding, the palette. */
export function SignedInDuties() {
  const { me, isAdmin } = useMe();
  const client = useQueryClient();
  const userId = me?.id;
  const { data: config } = useQuery(configQuery);
  // Read by the header and by everything that asks for rights.
  useQuery({ ...ownTenantsQuery, enabled: userId !== undefined });

  useEffect(() => {
    if (config) applyBranding(config);
  }, [config]);

  useEffect(() => {
    if (userId === undefined) return undefined;
    const stopPreferences = followPreferences();
    const stopEvents = followEvents(isAdmin ? `${EVENTS}?scope=all` : EVENTS, createLiveCache(client));
    return () => {
      stopPreferences();
      stopEvents();
    };
  }, [client, isAdmin, userId]);

  return <Palette />;
}
