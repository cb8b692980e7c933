import { RouterProvider } from "react-router";
import { rememberedBranding } from "@/api/config";
import { applyBranding } from "./branding";
import { Providers } from "./providers";
import { router } from "./routes";

const branding = rememberedBranding();
if (branding) applyBranding(branding);

export function App() {
  return (
    <Providers>
      <RouterProvider router={router} />
    </Providers>
  );
}
