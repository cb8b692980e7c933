import type { ReactNode } from "react";

/** Heading of a page, with its actions on the right. */
export function PageHeader({ title, children, actions }: { title: string; children?: ReactNode; actions?: ReactNode }) {
  return (
    <header className="mb-6 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
      <div className="min-w-0">
        <h1 className="text-[22px] leading-tight font-semibold tracking-[-0.02em]">{title}</h1>
        {children && <p className="mt-1 max-w-2xl text-sm text-pretty text-ink-2">{children}</p>}
      </div>
      {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
    </header>
  );
}

/** The column that a page's content stands in; a narrow one begins where the others do, below the logo. */
export function PageBody({ children, narrow = false }: { children: ReactNode; narrow?: boolean }) {
  return (
    <div className="mx-auto w-full max-w-[76rem] px-4 py-8 sm:px-6">{narrow ? <div className="max-w-3xl">{children}</div> : children}</div>
  );
}

/** A box with a heading, for settings and editors. */
export function Panel({ title, description, children, footer }: { title: string; description?: ReactNode; children: ReactNode; footer?: ReactNode }) {
  return (
    <section className="flex flex-col overflow-hidden rounded-xl border border-line bg-surface shadow-card">
      <div className="px-5 pt-4">
        <h2 className="text-[15px] font-semibold">{title}</h2>
        {description && <p className="mt-0.5 text-[13px] text-ink-2">{description}</p>}
      </div>
      <div className="flex-1 px-5 py-4">{children}</div>
      {footer && <div className="flex flex-wrap items-center justify-end gap-2 border-t border-line bg-sunken/60 px-5 py-3">{footer}</div>}
    </section>
  );
}
