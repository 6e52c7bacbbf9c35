import type { ProposedMove } from '../proposal/proposal.ts';
import { list } from './document.ts';
import { code, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { toMarkdown } from './to-markdown.ts';

/** Most lines of the list. The diff shows all moves. */
const MAX_LINES = 20;

/** Identifies the comment on a decision. */
export function revisionMark(decisionId: string): string {
  return `<!-- offbeat:decision ${decisionId.replace(/[^\w.-]/g, '')} -->`;
}

/** The comment on what has changed in an updated pull request. */
export function renderRevision(
  before: readonly ProposedMove[],
  after: readonly ProposedMove[],
  decisionId: string,
): string {
  const lines = [
    ...after.flatMap((move) => {
      const was = before.find(({ key }) => key === move.key);
      if (was === undefined)
        return [words`${code(fileName(move.path))} is new: ${code(move.from)} → ${code(move.to)}`];
      return was.to === move.to
        ? []
        : [words`${code(fileName(move.path))} goes to ${code(move.to)} instead of ${code(was.to)}`];
    }),
    ...before
      .filter(({ key }) => after.every((move) => move.key !== key))
      .map((move) => words`${code(fileName(move.path))} stays at ${code(move.from)}`),
  ];
  const left = lines.length - MAX_LINES;
  const mark = revisionMark(decisionId);
  return toMarkdown([
    `${mark}\nThis pull request carries a new plan now:`,
    list([...lines.slice(0, MAX_LINES), ...(left > 0 ? [`and ${left} more`] : [])]),
    'Branch and description are up to date.',
  ]);
}
