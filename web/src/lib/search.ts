/**
 * How well the words of a query match the texts, 0 for not at all. Every word must be found;
 * earlier texts weigh more, and the beginning of a word more than its middle.
 */
export function score(query: string, texts: readonly string[]): number {
  const words = fold(query).split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  let total = 0;
  for (const word of words) {
    let best = 0;
    texts.forEach((text, index) => {
      const weight = 1 / (index + 1);
      const folded = fold(text);
      const at = folded.indexOf(word);
      if (at < 0) return;
      const place = at === 0 ? 3 : /[\s\-_/.]/.test(folded[at - 1] ?? "") ? 2 : 1;
      best = Math.max(best, place * weight);
    });
    if (best === 0) return 0;
    total += best;
  }
  return total;
}

/** Lower case without accents. */
export function fold(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}
