import type { ScheduleDecision } from '../plan/decision.ts';
import type { MergeWindow } from '../proposal/merge-window.ts';
import type { Simulation } from '../simulate/compare.ts';
import { clockTime, DAY_MINUTES } from '../time.ts';
import type { CronCopy } from '../workflow/cron-copies.ts';
import { type Block, list } from './document.ts';
import { minutesLater, startsByTheClock, startsMuchEarlier } from './gain.ts';
import { code, enumeration, type Inline, name, words } from './inline.ts';
import { fileName, workflowName } from './move-words.ts';
import { minutes } from './quantity.ts';
import { simulatedHarm } from './simulation.ts';

/** A comment beside a moved cron that probably names the old time. */
export interface CommentToLookAt {
  readonly path: string;
  /** 1-based, of the cron. */
  readonly line: number;
  /** As written in the comment. */
  readonly time: string;
}

/** A comment that is rewritten with its cron, and gives a reason for the old time. */
export interface CommentWithReason {
  readonly path: string;
  /** 1-based. */
  readonly line: number;
  /** As it was written. */
  readonly text: string;
}

const MAX_COMMENTS = 5;

function whenToMerge(window: MergeWindow | null): string {
  const rule = 'A run that is due and has not started is lost when its cron changes.';
  const started = 'nine in ten have started by then';
  if (window === null) {
    return `${rule} These schedules leave no quiet time of day: merge when losing one run does no harm.`;
  }
  if (window.to - window.from === DAY_MINUTES) return `${rule} None is due these weeks: merge at any time.`;
  const [from, to] = [window.from, window.to].map((minute) => minute % DAY_MINUTES);
  if (from === undefined || to === undefined || from < to) {
    return (
      `${rule} Merge between **${clockTime(window.from)} and ${clockTime(window.to)} UTC**, on any day: ` +
      `${started}.`
    );
  }
  return `${rule} Merge at any time but **${clockTime(window.to)} to ${clockTime(window.from)} UTC**: ${started}.`;
}

/** The first items in words, and how many more there are. */
function firstOf<T>(items: readonly T[], most: number, say: (item: T) => Inline): Inline {
  const left = items.length - most;
  return enumeration([...items.slice(0, most).map(say), ...(left > 0 ? [`${left} more`] : [])]);
}

function failureMails(actors: readonly string[]): Inline {
  const now = actors.length === 0 ? '' : words`, so far ${enumeration(actors.map(name))}`;
  return words`GitHub sends failure e-mails to whoever edited the cron line last${now}; the merge may change that.`;
}

function staleComments(comments: readonly CommentToLookAt[]): Inline {
  if (comments.length === 0) return '';
  const all = firstOf(comments, MAX_COMMENTS, ({ path, line, time }) => {
    return words`${code(fileName(path))} line ${line} (“${name(time)}”)`;
  });
  return words`Comments may still name the old time: ${all}. Change them if you like.`;
}

function reasonsInComments(comments: readonly CommentWithReason[]): readonly Inline[] {
  return comments.slice(0, MAX_COMMENTS).map(({ path, line, text }) => {
    const place = words`${code(fileName(path))} line ${line}`;
    return words`The comment in ${place} gets the new time: “${name(text)}”. See whether it is still true then.`;
  });
}

/** Most workflows that are named as starting earlier: for as many, a pull request shows the evidence unfolded. */
const MAX_EARLIER = 3;

function earlierStarts(moves: readonly ScheduleDecision[]): Inline {
  const earlier = moves.filter(startsMuchEarlier);
  if (earlier.length === 0) return '';
  const all = firstOf(earlier, earlier.length > MAX_EARLIER ? MAX_EARLIER - 1 : MAX_EARLIER, (move) => {
    const clock = startsByTheClock(move);
    return clock === null
      ? words`${workflowName(move)} ${minutes(-(minutesLater(move) ?? 0))} earlier`
      : words`${workflowName(move)} by ${clock.after} instead of ${clock.before}`;
  });
  return words`They start earlier (half of the runs): ${all}. Check that the data they read is ready by then.`;
}

/** Other places at which the old crons stand, and whether more files could hold one than were looked into. */
export interface CronCopies {
  readonly copies: readonly CronCopy[];
  readonly isCut: boolean;
}

const MAX_COPIES = 5;

function otherCopies({ copies, isCut }: CronCopies): Inline {
  const cut = isCut ? ' Not all files of the repository were looked into.' : '';
  if (copies.length === 0) return isCut ? `Copies of the old crons may stand in other files.${cut}` : '';
  const all = firstOf(copies, MAX_COPIES, ({ path, line, cron }) => {
    return words`${code(path)} line ${line} (${code(cron)})`;
  });
  return words`The old crons stand in other files too: ${all}. Those are left to you.${cut}`;
}

/** The parts of a pull request's view that `mergeNotes` needs; its fields are described there. */
interface MergeView {
  readonly moves: readonly ScheduleDecision[];
  readonly mergeWindow: MergeWindow | null;
  readonly actors: readonly string[];
  readonly staleComments?: readonly CommentToLookAt[];
  readonly reasonsInComments?: readonly CommentWithReason[];
  readonly copies?: CronCopies;
  readonly changesComparisons?: boolean;
  readonly simulation?: Simulation;
}

function oldTime(changesComparisons: boolean): Inline {
  const rule = 'GitHub may still start the old time once or twice';
  if (!changesComparisons) return `${rule}.`;
  const field = code('github.event.schedule');
  return words`${rule}. Such a run has the old cron in ${field}; after this change no condition matches it.`;
}

/** Notes for a maintainer before the merge. */
export function mergeNotes(view: MergeView): Block {
  return list([
    whenToMerge(view.mergeWindow),
    view.simulation === undefined ? '' : simulatedHarm(view.simulation),
    earlierStarts(view.moves),
    ...reasonsInComments(view.reasonsInComments ?? []),
    failureMails(view.actors),
    staleComments(view.staleComments ?? []),
    otherCopies(view.copies ?? { copies: [], isCut: false }),
    oldTime(view.changesComparisons === true),
  ]);
}
