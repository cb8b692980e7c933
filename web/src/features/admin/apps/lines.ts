/** One argument per line, as it will reach the program. */
export function toLines(list: readonly string[]): string {
  return list.join("\n");
}

export function fromLines(text: string): string[] {
  return text.split("\n").filter((line) => line !== "");
}
