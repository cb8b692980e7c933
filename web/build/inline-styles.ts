import type { Plugin } from "vite";

const STYLESHEET = /<link rel="stylesheet"[^>]*href="\/([^"]+\.css)"[^>]*>/g;

/**
 * Puts the one stylesheet into the page itself: one request less before the first paint.
 * The server's content policy allows inline styles and forbids inline scripts.
 */
export function inlineStyles(): Plugin {
  return {
    name: "sortie-inline-styles",
    apply: "build",
    enforce: "post",
    generateBundle: {
      order: "post",
      handler(_options, bundle) {
        const page = bundle["index.html"];
        if (page?.type !== "asset") return;
        page.source = String(page.source).replace(STYLESHEET, (link, file: string) => {
          const sheet = bundle[file];
          if (sheet?.type !== "asset") return link;
          return `<style>${String(sheet.source)}</style>`;
        });
      },
    },
  };
}
