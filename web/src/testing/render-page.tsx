import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import type { ReactNode } from "react";
import { createMemoryRouter, RouterProvider, useLocation } from "react-router";
import { createQueryClient } from "@/api/query-client";

function Elsewhere() {
  const { pathname, search } = useLocation();
  return <p>Now at {pathname + search}</p>;
}

/** Shows a page at its path, with a fresh cache; leaving it shows where one went. */
export function renderPage(page: ReactNode, { path = "/", at = path }: { path?: string; at?: string } = {}) {
  const client = createQueryClient();
  const router = createMemoryRouter(
    [
      { path, element: page },
      { path: "*", element: <Elsewhere /> },
    ],
    { initialEntries: [at] },
  );
  const view = render(
    <QueryClientProvider client={client}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return { ...view, client, router };
}
