/** The look of every button in the bar. */
export const BAR_BUTTON =
  "grid size-9 shrink-0 place-items-center rounded-lg text-ink-2 transition-colors hover:bg-hover hover:text-ink " +
  "data-[state=open]:bg-hover data-[state=open]:text-ink aria-pressed:bg-signal-soft aria-pressed:text-signal touch:size-11 [&_svg]:size-[18px]";
