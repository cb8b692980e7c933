import type { App, AppSpec } from "@/api/wire";

/** What a card says about the kind of an app, in a word or two. */
export function kindLabel(app: Pick<App, "launch_type" | "os_type">): string {
  if (app.launch_type === "url") return "Link";
  if (app.launch_type === "web_proxy") return "Web app";
  return app.os_type === "windows" ? "Windows desktop" : "Linux desktop";
}

/** A screen of an app is streamed; everything else opens in a tab of its own. */
export function isStreamed(app: Pick<App, "launch_type">): boolean {
  return app.launch_type !== "url";
}

/** The verb of the card's one action, for its accessible name. */
export function actionVerb(app: Pick<App, "launch_type">, isRunning: boolean): "Open" | "Resume" | "Launch" {
  if (!isStreamed(app)) return "Open";
  return isRunning ? "Resume" : "Launch";
}

/** What one can do about an app that one sees and may not use; null where there is nothing to ask for. */
export function askLabel(app: Pick<App, "request_access" | "access_request">): "Ask for access" | "Access asked for" | null {
  if (!app.request_access) return null;
  return app.access_request?.status === "pending" ? "Access asked for" : "Ask for access";
}

/** A draft seen as the catalog would show it. */
export function previewOf(spec: AppSpec): App {
  return {
    ...spec,
    name: spec.name || "Name of the app",
    tenant_id: "",
    version: 0,
    created_at: "",
    updated_at: "",
    can_launch: true,
    unavailable: null,
    hints: [],
    category_id: null,
    request_access: false,
    access_request: null,
  };
}
