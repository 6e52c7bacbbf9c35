import { sentence, words } from './inline.ts';
import { toMarkdown } from './to-markdown.ts';

const MAX_BODY_CODE_POINTS = 60_000;

/** The text of a pull request that the App has closed: the reason, and below it the old text. */
export function renderWithdrawn(why: string, body: string): string {
  const note = toMarkdown([
    words`> **Closed by Offbeat.** ${sentence(why)} Opening it again brings it back.`,
  ]);
  const whole = `${note}\n\n${body}`;
  return [...whole].length <= MAX_BODY_CODE_POINTS ? whole : note;
}
