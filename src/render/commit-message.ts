import type { ProposedMove } from '../proposal/proposal.ts';
import { commitTitle } from './commit-style.ts';
import { fileName } from './move-words.ts';

/** Only names of these characters are used in a commit message, since it cannot be escaped. */
const PLAIN_NAME = /^[\w.-]{1,60}$/;

function messageName(path: string): string {
  const name = fileName(path);
  return PLAIN_NAME.test(name) ? name : 'a workflow';
}

function subjectOf(moves: readonly Pick<ProposedMove, 'path'>[]): string {
  const only = moves.length === 1 ? moves[0] : undefined;
  return only === undefined
    ? `Move ${moves.length} scheduled workflows to better times`
    : `Move ${messageName(only.path)} to a better time`;
}

const MOST_LISTED = 100;

/** Title and whole text of the commit that makes these moves. */
export function renderCommitMessage(
  moves: readonly Pick<ProposedMove, 'path' | 'from' | 'to'>[],
  recentCommitTitles: readonly string[],
  titlePrefix = '',
): { readonly title: string; readonly text: string } {
  const title = commitTitle(subjectOf(moves), recentCommitTitles, titlePrefix);
  const lines = moves.map(({ path, from, to }) => `- ${messageName(path)}: ${from} → ${to}`);
  return { title, text: [title, '', ...lines.slice(0, MOST_LISTED)].join('\n') };
}
