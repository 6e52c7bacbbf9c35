import type { ScheduleDecision, SlotForecast } from '../plan/decision.ts';
import type { HelpLine } from './comment.ts';
import { startsByTheClock } from './gain.ts';
import { code, type Inline, strong, words } from './inline.ts';
import { fileName, workflowName } from './move-words.ts';
import { count, minutes, seconds } from './quantity.ts';

/** From this median lateness (minutes) on, most of a wait is worth a word of GitHub's part in it. */
const LONG_WAIT_MINUTES = 30;

/** Evidence of fewer runs at the new hour than this is called thin. */
const THIN_EVIDENCE_RUNS = 10;

function hasDeadline({ finishBy }: ScheduleDecision): number {
  return finishBy === undefined ? 0 : 1;
}

/** A workflow with `finish-by`, else that of the longest wait for GitHub, where that is most of its time. */
export function waitNote(moves: readonly ScheduleDecision[], commands: readonly HelpLine[]): Inline {
  const canDispatch = commands.some(({ usage }) => usage.startsWith('/on-time'));
  const [longest] = moves
    .flatMap((move) => {
      // No run was seen at the new hour: then the wait of today is told.
      const isSeen = move.latenessBelief !== 0;
      const then = isSeen ? move.proposed : move.today;
      return then === null ? [] : [{ move, then, late: then.latenessMedianMinutes, isSeen }];
    })
    .filter(({ then, late }) => late >= LONG_WAIT_MINUTES && late > then.durationMedianSeconds / 60)
    // People with a deadline ask first for a start on the minute.
    .sort((a, b) => hasDeadline(b.move) - hasDeadline(a.move) || b.late - a.late);
  if (!canDispatch || longest === undefined) return '';
  const command = code(`/on-time ${fileName(longest.move.path)}`);
  const late = words`${workflowName(longest.move)} starts more than ${minutes(longest.late)} late in half of its runs`;
  const remedy = words`${command} has Offbeat start it on its minute.`;
  const when = longest.isSeen ? 'at its new time too, ' : 'today ';
  return words`Most of the wait is GitHub’s: ${when}${late}. ${remedy}`;
}

/** The runs seen of a schedule, and the evidence for its new hour. `isStartTold`: the text has its start. */
export function evidence(move: ScheduleDecision, isStartTold = false): Inline {
  const { today, proposed, runsSeen, latenessBelief = 1, latenessRuns } = move;
  const title = strong(workflowName(move));
  if (today === null || proposed === null)
    return words`${title}: ${count(runsSeen, 'run')} seen, too few for figures.`;
  const seen =
    runsSeen === 0
      ? 'no scheduled run seen yet, so these are figures of other runs.'
      : `${count(runsSeen, 'run')} seen.`;
  const most = move.finishBy === undefined ? '' : ` (nine in ten: ${seconds(today.durationP90Seconds)})`;
  const takes = `It takes ${seconds(today.durationMedianSeconds)}${most}`;
  const late = `starts ${lateness(today)}`;
  const then =
    latenessBelief === 0
      ? `At the new time, by a forecast from other hours: ${lateness(proposed)}.`
      : `At the new time: ${lateness(proposed)}${thinness(latenessRuns)}.`;
  // A later minute may bring less waiting and a later start.
  const clock = latenessBelief === 0 || isStartTold ? null : startsByTheClock(move);
  const half = clock === null ? '' : ` Half start by ${clock.after} instead of ${clock.before}.`;
  const patterns = (move.patterns ?? []).map((sentence) => ` ${sentence}`).join('');
  return words`${title}: ${seen} ${takes} and ${late}.${patterns} ${then}${half}`;
}

function lateness({ latenessMedianMinutes, latenessP90Minutes }: SlotForecast): string {
  return `${minutes(latenessMedianMinutes)} late (nine in ten: ${minutes(latenessP90Minutes)})`;
}

function thinness(runs: number | undefined): string {
  if (runs === undefined || runs >= THIN_EVIDENCE_RUNS) return '';
  return `, by as much evidence as ${count(Math.max(1, Math.round(runs)), 'recent run')}`;
}
