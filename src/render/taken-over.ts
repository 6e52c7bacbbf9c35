import { inline } from './markdown.ts';

/** Tells the comment from all others. */
export const TAKEN_OVER_MARK = '<!-- offbeat:taken-over -->';

/** Says once that somebody's commit has made the branch theirs. */
export function renderTakenOver(author: string | null): string {
  const who = author === null ? 'Somebody' : inline(author);
  return `${TAKEN_OVER_MARK}\n${who} has committed to this branch, so Offbeat leaves branch and description alone from here on. Merge or close it as you like; the verdict after a merge still comes. To have Offbeat go on, take the commit back.`;
}
