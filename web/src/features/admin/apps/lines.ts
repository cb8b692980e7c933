/** One argument per line, as it will reach the program. */
export function toLines(list: readonly string[]): string {
  return list.join("\n");
}

export function fromLines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** A whole number that was typed; 0 for anything else. */
export const whole = (text: string) => Math.max(0, Math.floor(Number(text) || 0));
