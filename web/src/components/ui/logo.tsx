/** The mark: a paper plane that leaves along its own line. */
export function Mark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true" className={className}>
      <rect width="32" height="32" rx="9" fill="var(--primary)" />
      <path d="M6.5 19.6 25.5 7l-5.2 18-5-6.2z" fill="var(--on-primary)" />
      <path d="m15.3 18.8 10.2-11.8" stroke="var(--signal)" strokeWidth="1.8" strokeLinecap="round" />
    </svg>
  );
}
