import type { ProposedMove } from '../proposal/proposal.ts';
import { fileName } from './move-words.ts';

/** `type(scope)!: subject`, as conventionalcommits.org has it. */
const CONVENTIONAL = /^(build|chore|ci|docs|feat|fix|perf|refactor|revert|style|test)(\([^)]*\))?!?: \S/;

/** From this share of the newest titles on, a project counts as one with conventional titles. */
const HOUSE_STYLE_SHARE = 0.5;

/** Only names of these characters are used in a commit message, since it cannot be escaped. */
const PLAIN_NAME = /^[\w.-]{1,60}$/;

const MOST_LISTED = 100;

/** What the title of a commit follows. */
export interface TitleStyle {
  /** Titles of the newest commits on the default branch. */
  readonly recentCommitTitles: readonly string[];
  /** Put before the title, in place of the project's own style. */
  readonly titlePrefix?: string | undefined;
}

export interface CommitMessage {
  readonly title: string;
  /** The title, and below it a line for each change. */
  readonly text: string;
}

/** A commit title from a capitalised `subject`: after the prefix, else in the style of the project's newest titles. */
export function commitTitle(subject: string, { recentCommitTitles, titlePrefix = '' }: TitleStyle): string {
  // After a colon the subject begins with a small letter, as conventional titles have it.
  const small = `${subject.charAt(0).toLowerCase()}${subject.slice(1)}`;
  if (titlePrefix !== '') {
    const start = titlePrefix.trimEnd();
    return `${start} ${start.endsWith(':') ? small : subject}`;
  }
  const titles = recentCommitTitles.filter((title) => !title.startsWith('Merge '));
  const conventional = titles.filter((title) => CONVENTIONAL.test(title)).length;
  return titles.length === 0 || conventional / titles.length < HOUSE_STYLE_SHARE ? subject : `ci: ${small}`;
}

/** The message of a commit with a line for each change. */
export function commitMessage(subject: string, changes: readonly string[], style: TitleStyle): CommitMessage {
  const title = commitTitle(subject, style);
  return { title, text: [title, '', ...changes.map((change) => `- ${change}`)].join('\n').trimEnd() };
}

/** The message of the commit that makes these moves. */
export function renderCommitMessage(
  moves: readonly Pick<ProposedMove, 'path' | 'from' | 'to'>[],
  style: TitleStyle,
): CommitMessage {
  const [only, ...others] = moves;
  const subject =
    only === undefined || others.length > 0
      ? `Move ${moves.length} scheduled workflows to better times`
      : `Move ${plainFileName(only.path)} to a better time`;
  return commitMessage(subject, moves.slice(0, MOST_LISTED).map(moveLine), style);
}

/** A move as a line of a message. */
export function moveLine({ path, from, to }: Pick<ProposedMove, 'path' | 'from' | 'to'>): string {
  return `${plainFileName(path)}: ${from} → ${to}`;
}

/** The file of a workflow as a message may name it. */
export function plainFileName(path: string): string {
  return plainName(fileName(path), 'a workflow');
}

/** A name as a message may have it, or what stands in its place. */
export function plainName(name: string, otherwise: string): string {
  return PLAIN_NAME.test(name) ? name : otherwise;
}
