import { Outlet, ScrollRestoration } from "react-router";
import { Header } from "./header";
import { TabBar } from "./tab-bar";

/** The frame of every page but the session's own. */
export function Shell() {
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#content"
        className="sr-only rounded-lg bg-primary px-4 py-2 text-on-primary focus:not-sr-only focus:fixed focus:top-3 focus:left-3 focus:z-50"
      >
        Skip to the content
      </a>
      <Header />
      <main id="content" tabIndex={-1} className="flex-1 pb-20 outline-none sm:pb-8">
        <Outlet />
      </main>
      <TabBar />
      <ScrollRestoration />
    </div>
  );
}
