import { QueryClientProvider } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { whenSignedOut } from "@/api/client";
import { meQuery } from "@/api/auth";
import { rereadPreferences } from "@/lib/preferences";
import { Toaster } from "@/components/ui/toaster";
import { queryClient } from "./client";

/** What every page stands on: the cache of server state, messages, and other tabs' changes. */
export function Providers({ children }: { children: ReactNode }) {
  useEffect(() => {
    whenSignedOut(() => queryClient.setQueryData(meQuery.queryKey, null));
    const onStorage = () => rereadPreferences();
    window.addEventListener("storage", onStorage);
    return () => window.removeEventListener("storage", onStorage);
  }, []);
  return (
    <QueryClientProvider client={queryClient}>
      {children}
      <Toaster />
    </QueryClientProvider>
  );
}
