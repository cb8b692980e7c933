import { createBrowserRouter, Navigate, type RouteObject } from "react-router";
import { CatalogPage } from "@/features/catalog/catalog-page";
import { AdminLayout } from "./admin-layout";
import { CrashPage } from "./crash-page";
import { NotFound } from "./not-found";
import { RequireSignIn } from "./require-sign-in";
import { Shell } from "./shell";

/** A page that is loaded when it is first visited. */
function page(path: string, load: () => Promise<React.ComponentType>): RouteObject {
  return { path, lazy: async () => ({ Component: await load() }) };
}

const admin: RouteObject = {
  path: "admin",
  Component: AdminLayout,
  children: [
    { index: true, lazy: async () => ({ Component: (await import("@/features/admin/overview/overview-page")).OverviewPage }) },
    page("apps", async () => (await import("@/features/admin/apps/apps-page")).AppsPage),
    page("apps/new", async () => (await import("@/features/admin/apps/new-app-page")).NewAppPage),
    page("apps/:id", async () => (await import("@/features/admin/apps/edit-app-page")).EditAppPage),
    page("users", async () => (await import("@/features/admin/users/users-page")).UsersPage),
    page("users/new", async () => (await import("@/features/admin/users/new-user-page")).NewUserPage),
    page("users/:id", async () => (await import("@/features/admin/users/edit-user-page")).EditUserPage),
    page("categories", async () => (await import("@/features/admin/categories/categories-page")).CategoriesPage),
    page("categories/new", async () => (await import("@/features/admin/categories/new-category-page")).NewCategoryPage),
    page("categories/:id", async () => (await import("@/features/admin/categories/category-page")).CategoryPage),
    page("requests", async () => (await import("@/features/requests/inbox-page")).InboxPage),
    page("tenants", async () => (await import("@/features/admin/tenants/tenants-page")).TenantsPage),
    page("tenants/new", async () => (await import("@/features/admin/tenants/new-tenant-page")).NewTenantPage),
    page("tenants/:id", async () => (await import("@/features/admin/tenants/tenant-page")).TenantPage),
    page("access", async () => (await import("@/features/admin/access/access-page")).AccessPage),
    page("sessions", async () => (await import("@/features/admin/sessions/all-sessions-page")).AllSessionsPage),
    page("audit", async () => (await import("@/features/admin/audit/audit-page")).AuditPage),
    page("analytics", async () => (await import("@/features/admin/analytics/analytics-page")).AnalyticsPage),
    {
      path: "services",
      lazy: async () => ({ Component: (await import("@/features/admin/services/services-layout")).ServicesLayout }),
      children: [
        { index: true, lazy: async () => ({ Component: (await import("@/features/admin/services/services-page")).ServicesPage }) },
        page("target", async () => (await import("@/features/admin/services/target-page")).TargetPage),
        page("secrets", async () => (await import("@/features/admin/services/secrets-page")).SecretsPage),
        page("history", async () => (await import("@/features/admin/services/history-page")).HistoryPage),
        page("logs", async () => (await import("@/features/admin/services/logs-page")).LogsPage),
      ],
    },
    page("settings", async () => (await import("@/features/admin/settings/server-settings-page")).ServerSettingsPage),
  ],
};

export const router = createBrowserRouter([
  {
    ErrorBoundary: CrashPage,
    HydrateFallback: () => null,
    children: [
      page("/sign-in", async () => (await import("@/features/auth/sign-in-page")).SignInPage),
      page("/join", async () => (await import("@/features/join/join-page")).JoinPage),
      page("/register", async () => (await import("@/features/auth/register-page")).RegisterPage),
      page("/reset", async () => (await import("@/features/auth/reset-page")).ResetPage),
      {
        Component: RequireSignIn,
        children: [
          page("/sessions/:id", async () => (await import("@/features/viewer/session-page")).SessionPage),
          {
            Component: Shell,
            children: [
              { path: "/", Component: CatalogPage },
              page("/apps/:id", async () => (await import("@/features/catalog/app-page")).AppPage),
              page("/sessions", async () => (await import("@/features/sessions/sessions-page")).SessionsPage),
              page("/requests", async () => (await import("@/features/requests/own-requests-page")).OwnRequestsPage),
              page("/settings", async () => (await import("@/features/settings/settings-page")).SettingsPage),
              page("/settings/security", async () => (await import("@/features/settings/security/security-page")).SecurityPage),
              page("/help", async () => (await import("@/features/help/help-page")).HelpPage),
              admin,
              { path: "/index.html", element: <Navigate to="/" replace /> },
              { path: "*", Component: NotFound },
            ],
          },
        ],
      },
    ],
  },
]);
