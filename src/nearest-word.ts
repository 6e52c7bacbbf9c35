/** Beyond this share of differing letters a suggestion would be a guess. */
const MAX_DIFFERENT_SHARE = 0.5;

/** Longer words are no mistyped keys; comparing them would cost the square of their length. */
const MAX_WORD_LENGTH = 64;

/** The known word that a mistyped one most likely meant, by fewest edits; `undefined` where none is close. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  if (word.length > MAX_WORD_LENGTH) return undefined;
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    const bound = Math.max(word.length, candidate.length) * MAX_DIFFERENT_SHARE;
    if (distance <= bound && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** The same as a question that offers it; `undefined` where none is close. */
export function suggestWord(word: string, known: readonly string[]): string | undefined {
  const nearest = nearestWord(word, known);
  return nearest === undefined ? undefined : didYouMean(nearest);
}

/** The question that offers a word in the place of a mistyped one. */
export function didYouMean(word: string): string {
  return `Did you mean ${JSON.stringify(word)}?`;
}

/** Optimal string alignment distance, three rows of the table at a time. */
function editDistance(from: string, to: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      let distance = Math.min(
        (last[column] ?? 0) + 1,
        (current[column - 1] ?? 0) + 1,
        (last[column - 1] ?? 0) + (same ? 0 : 1),
      );
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) distance = Math.min(distance, (beforeLast[column - 2] ?? 0) + 1);
      current.push(distance);
    }
    beforeLast = last;
    last = current;
  }
  return last[to.length] ?? 0;
}
