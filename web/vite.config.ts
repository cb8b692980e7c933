import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { firstLoad } from "./build/first-load.ts";
import { inlineStyles } from "./build/inline-styles.ts";
import { precompress } from "./build/precompress.ts";

/** Where `npm run dev` finds the API: a real server, or the fixture server of `npm run fixture`. */
const server = process.env["SORTIE_DEV_SERVER"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react(), tailwindcss(), inlineStyles(), precompress()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: { groups: [{ debugName: "first-load", name: firstLoad(fileURLToPath(new URL("./src/main.tsx", import.meta.url))) }] },
      },
    },
  },
  server: {
    proxy: {
      // The server takes requests of its own origin only; here the proxy answers for the page.
      "/api": { target: server, changeOrigin: true, headers: { origin: server } },
      "/ws": { target: server, ws: true, changeOrigin: true, headers: { origin: server } },
      "/healthz": { target: server, changeOrigin: true },
    },
  },
  test: {
    environment: "jsdom",
    environmentOptions: { jsdom: { url: "http://localhost/" } },
    setupFiles: ["src/testing/setup.ts"],
    // A busy machine is slow, not wrong.
    testTimeout: 30_000,
    include: ["src/**/*.test.{ts,tsx}"],
  },
});
