/** Longer text is cut in messages: crons and timezones are written by anyone. */
const MOST_QUOTED_CHARACTERS = 40;

/** Text as a message shows it: in quotes, escaped, and not endless. */
export function quoted(text: string): string {
  const isLong = text.length > MOST_QUOTED_CHARACTERS;
  return JSON.stringify(isLong ? `${text.slice(0, MOST_QUOTED_CHARACTERS)}…` : text);
}
