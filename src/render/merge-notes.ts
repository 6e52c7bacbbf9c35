import type { MergeWindow } from '../proposal/merge-window.ts';
import type { CronCopy } from '../workflow/cron-copies.ts';
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

/** Other places at which the old crons stand, and whether more files could hold one than were looked into. */
export interface CronCopies {
  readonly copies: readonly CronCopy[];
  readonly isCut: boolean;
}

/** Most copies that are listed. */
const MAX_COPIES = 10;

function otherCopies({ copies, isCut }: CronCopies): readonly Inline[] {
  const cut = isCut ? ' Not all files of the repository were looked into.' : '';
  if (copies.length === 0)
    return isCut ? [`**Copies of the old crons** may stand in other files.${cut}`] : [];
  const some = copies
    .slice(0, MAX_COPIES)
    .map(({ path, line, cron }) => words`${code(path)} line ${line} (${code(cron)})`);
  const left = copies.length - some.length;
  return [
    words`**The old crons stand in other files too:** ${enumeration(left > 0 ? [...some, `${left} more`] : some)}. Those are left to you.${cut}`,
  ];
}

/** What a maintainer should know before merging. */
export function mergeNotes(
  window: MergeWindow | null,
  actors: readonly string[],
  comments: readonly CommentToLookAt[] = [],
  copies: CronCopies = { copies: [], isCut: false },
): Block {
  return list([
    pendingRuns(window),
    failureMails(actors),
    ...staleComments(comments),
    ...otherCopies(copies),
    '**The old time may fire once or twice more** until GitHub has read the new line. Seldom it takes up neither: where the first run after the merge does not come, edit the line once more.',
    '**Punctuality is not promised.** GitHub starts scheduled runs when it has room. The figures are what these hours have been like lately.',
  ]);
}
