import type { ReactNode } from "react";

interface EmptyStateProps {
  icon: ReactNode;
  title: string;
  children?: ReactNode;
  action?: ReactNode;
  /** It is all that the page shows, so its title is the page's. */
  isPage?: boolean;
}

/** What a page says when it has nothing to show: what would be here, and how to get it. */
export function EmptyState({ icon, title, children, action, isPage = false }: EmptyStateProps) {
  const Heading = isPage ? "h1" : "h2";
  return (
    <div className="mx-auto flex max-w-md animate-rise flex-col items-center px-6 py-16 text-center">
      <div className="mb-4 grid size-12 place-items-center rounded-2xl border border-line bg-surface text-ink-3 shadow-card [&_svg]:size-5">
        {icon}
      </div>
      <Heading className="text-base font-semibold">{title}</Heading>
      {children && <div className="mt-1.5 text-sm text-pretty text-ink-2">{children}</div>}
      {action && <div className="mt-5 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}
