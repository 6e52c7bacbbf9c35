import type { MergeWindow } from '../proposal/merge-window.ts';
import { type Block, list } from './document.ts';
import { code, enumeration, type Inline, name, words } from './inline.ts';
import { fileName } from './move-words.ts';
import { instant, timeOfDay } from './quantity.ts';

const DAY_MS = 86_400_000;

function windowText({ from, to }: MergeWindow): string {
  const sameDay = Math.floor(from / DAY_MS) === Math.floor(to / DAY_MS);
  return `${instant(from).replace(' UTC', '')} – ${sameDay ? timeOfDay(to) : instant(to).replace(' UTC', '')} UTC`;
}

function pendingRuns(window: MergeWindow | null): string {
  const rule =
    '**A late run may be lost.** When a cron line changes, GitHub drops a run that is due and has not started yet.';
  return window === null
    ? `${rule} These schedules leave no quiet time within a day: merge when losing one run does no harm.`
    : `${rule} A quiet time to merge: **${windowText(window)}**.`;
}

function failureMails(actors: readonly string[]): Inline {
  const now = actors.length === 0 ? '' : words` So far that is ${enumeration(actors.map(name))}.`;
  return words`**Failure e-mails may change hands.** GitHub sends them to whoever last edited the cron line.${now} Who that is after an App’s pull request is merged is not documented: see whose name the first run after the merge carries.`;
}

/** A comment beside a moved cron that probably names the old time. */
export interface CommentToLookAt {
  readonly path: string;
  /** 1-based, of the cron. */
  readonly line: number;
  /** As written in the comment. */
  readonly time: string;
}

/** Most comments that are listed. */
const MAX_COMMENTS = 10;

function staleComments(comments: readonly CommentToLookAt[]): readonly Inline[] {
  if (comments.length === 0) return [];
  const some = comments
    .slice(0, MAX_COMMENTS)
    .map(({ path, line, time }) => words`${code(fileName(path))} line ${line} (“${name(time)}”)`);
  const left = comments.length - some.length;
  return [
    words`**Comments may name the old time:** ${enumeration(left > 0 ? [...some, `${left} more`] : some)}. Only cron lines are changed here, so those are left to you.`,
  ];
}

/** What a maintainer should know before merging. */
export function mergeNotes(
  window: MergeWindow | null,
  actors: readonly string[],
  comments: readonly CommentToLookAt[] = [],
): Block {
  return list([
    pendingRuns(window),
    failureMails(actors),
    ...staleComments(comments),
    '**The old time may fire once or twice more** until GitHub has read the new line. Seldom it takes up neither: where the first run after the merge does not come, edit the line once more.',
    '**Punctuality is not promised.** GitHub starts scheduled runs when it has room. The figures are what these hours have been like lately.',
  ]);
}
