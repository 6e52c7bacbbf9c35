/** A minute of the hour in words, with the minute that it means. */
const IN_WORDS: readonly (readonly [RegExp, number])[] = [
  [/\b(?:top|start|beginning) of (?:the|each|every) hour\b|\bon the hour\b|\bfirst minute of\b/i, 0],
  [/\bquarter past (?:the|each|every) hour\b/i, 15],
  [/\bhalf past (?:the|each|every) hour\b/i, 30],
  [/\bfive (?:minutes )?(?:past|after) (?:the|each|every) hour\b/i, 5],
  [/\bten (?:minutes )?(?:past|after) (?:the|each|every) hour\b/i, 10],
];

/** Words ahead of it that say where the schedule is not. */
const NOT_THERE = /\b(?:avoid\w*|off|not|away from|dodge|outside|except|skip\w*|from|than)\b[^.;]*$/i;

/** The words with which a comment names this minute of the hour; `undefined` where it does not. */
export function minuteInWords(comment: string, minute: number): string | undefined {
  for (const [words, meant] of IN_WORDS) {
    const match = meant === minute ? words.exec(comment) : null;
    if (match !== null && !NOT_THERE.test(comment.slice(0, match.index))) return match[0];
  }
  return undefined;
}
