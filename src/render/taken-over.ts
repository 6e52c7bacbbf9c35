import { name, words } from './inline.ts';
import { toMarkdown } from './to-markdown.ts';

/** Identifies the comment among all others. */
export const TAKEN_OVER_MARK = '<!-- offbeat:taken-over -->';

/** The comment on a branch that somebody else has committed to. */
export function renderTakenOver(author: string | null): string {
  const committer = author === null ? 'Somebody' : name(author);
  const leaves = 'so Offbeat leaves branch and description alone from here on';
  const rest =
    'Merge or close it as you like; the verdict after a merge still comes. To have Offbeat go on, take the commit ' +
    'back.';
  return toMarkdown([
    words`${TAKEN_OVER_MARK}\n${committer} has committed to this branch, ${leaves}. ${rest}`,
  ]);
}
