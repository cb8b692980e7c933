import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { patchPreferences } from "@/lib/preferences";
import { Refused, stubApi, type Answer } from "@/testing/stub-api";
import { renderPage } from "@/testing/render-page";
import { SAMPLE_USER, sampleApp, sampleSession } from "@/testing/samples";
import { CatalogPage } from "./catalog-page";

const TERMINAL = sampleApp();
const BROKEN = sampleApp({ id: "db", name: "Database", unavailable: { code: "command_missing", message: "sqlitebrowser is not installed on this server" } });
const WIKI = sampleApp({ id: "wiki", name: "Wiki", category: "Links", launch_type: "url", url: "https://example.org/" });

function serve(more: Record<string, Answer> = {}) {
  return stubApi({
    "GET /api/apps": [TERMINAL, BROKEN, WIKI],
    "GET /api/sessions": [],
    "GET /api/auth/me": SAMPLE_USER,
    ...more,
  });
}

describe("the catalog", () => {
  it("launches an app with one click and goes to its session", async () => {
    const calls = serve({ "POST /api/sessions": sampleSession({ id: "s9", status: "creating" }) });
    renderPage(<CatalogPage />);
    await userEvent.click(await screen.findByRole("button", { name: "Launch Terminal" }));
    await screen.findByText("Now at /sessions/s9");
    expect(calls.find((call) => call.method === "POST")?.body).toMatchObject({ app_id: "terminal", screen_width: window.innerWidth });
  });

  it("resumes an app that runs instead of launching it again", async () => {
    const calls = serve({ "GET /api/sessions": [sampleSession()] });
    renderPage(<CatalogPage />);
    await userEvent.click(await screen.findByRole("button", { name: "Resume Terminal" }));
    await screen.findByText("Now at /sessions/s1");
    expect(calls.some((call) => call.method === "POST")).toBe(false);
  });

  it("says why an app cannot be launched, and does not try", async () => {
    const calls = serve();
    renderPage(<CatalogPage />);
    const button = await screen.findByRole("button", { name: "Launch Database" });
    expect(button).toHaveAccessibleDescription("sqlitebrowser is not installed on this server");
    await userEvent.click(button);
    expect(calls.some((call) => call.method === "POST")).toBe(false);
  });

  it("opens a link in a tab of its own, counted by the server", async () => {
    const calls = serve({ "POST /api/analytics/launch": { url: "https://example.org/" } });
    const replace = vi.fn();
    vi.stubGlobal("open", () => ({ opener: window, location: { replace } }));
    renderPage(<CatalogPage />);
    await userEvent.click(await screen.findByRole("button", { name: "Open Wiki" }));
    await waitFor(() => expect(replace).toHaveBeenCalledWith("https://example.org/"));
    expect(calls.at(-1)).toMatchObject({ path: "/api/analytics/launch", body: { app_id: "wiki" } });
  });

  it("tells of a quota with the way to free it", async () => {
    serve({
      "POST /api/sessions": new Refused(429, { title: "Too many", detail: "You run 5 of 5 sessions.", code: "quota_exceeded", request_id: "r-1" }, { "retry-after": "30" }),
    });
    renderPage(<CatalogPage />);
    await userEvent.click(await screen.findByRole("button", { name: "Launch Terminal" }));
    const dialog = await screen.findByRole("dialog");
    expect(dialog).toHaveTextContent("You run 5 of 5 sessions.");
    expect(dialog).toHaveTextContent("r-1");
    await userEvent.click(within(dialog).getByRole("button", { name: "See my sessions" }));
    await screen.findByText("Now at /sessions");
  });

  it("puts the cursor into the search on a slash, and Enter starts the best match", async () => {
    serve({ "POST /api/sessions": sampleSession({ id: "s9" }) });
    renderPage(<CatalogPage />);
    await screen.findByRole("button", { name: "Launch Terminal" });
    await userEvent.keyboard("/term{Enter}");
    await screen.findByText("Now at /sessions/s9");
  });

  it("remembers a folded category by its name", async () => {
    serve();
    renderPage(<CatalogPage />);
    await userEvent.click(await screen.findByRole("button", { name: /^Links/ }));
    expect(screen.queryByRole("button", { name: "Open Wiki" })).not.toBeInTheDocument();
    expect(window.localStorage.getItem("sortie-collapsed")).toBe('["Links"]');
    patchPreferences({ collapsed: [] });
  });

  it("keeps favorites on top", async () => {
    serve();
    renderPage(<CatalogPage />);
    await userEvent.click(await screen.findByRole("button", { name: "Favorite Wiki" }));
    expect(screen.getAllByRole("heading", { level: 2 })[0]).toHaveTextContent("Favorites");
    patchPreferences({ favorites: [] });
  });

  it("teaches an administrator how to begin when it is empty", async () => {
    serve({ "GET /api/apps": [], "GET /api/auth/me": { ...SAMPLE_USER, roles: ["admin"] } });
    renderPage(<CatalogPage />);
    expect(await screen.findByRole("link", { name: "Add the first app" })).toHaveAttribute("href", "/admin/apps/new");
  });

  it("says what went wrong, with the request id, and tries again", async () => {
    let isBroken = true;
    serve({ "GET /api/apps": () => (isBroken ? new Refused(403, { title: "Not now", code: "x", request_id: "r-77" }) : [TERMINAL]) });
    renderPage(<CatalogPage />);
    await screen.findByText("Not now");
    expect(screen.getByText("r-77")).toBeInTheDocument();
    isBroken = false;
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    await screen.findByRole("button", { name: "Launch Terminal" });
  });
});
