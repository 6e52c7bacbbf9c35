import type { ScheduleRules } from '../../config/rules.ts';
import { type Candidate, candidatesAround, nearestCandidate } from '../../cron/candidates.ts';
import { parseCron } from '../../cron/parse.ts';
import { evenBeat } from '../../workflow/even-beat.ts';
import { whyNoCandidate } from '../../workflow/no-candidate.ts';
import { type Refusal, refuse } from '../../workflow/refusal.ts';
import type { Schedule, WorkflowFile } from '../../workflow/schedule.ts';
import { asksToStay } from '../../workflow/written-order.ts';

/** The crons that a schedule may be moved to, or the reason why there are none. */
export interface MovesLeft {
  readonly candidates: readonly Candidate[];
  readonly refusal: Refusal | null;
}

/** The crons a schedule may move to, by file, directives and configuration; `home`: its author's, if moved. */
export function movesLeft(
  file: WorkflowFile,
  schedule: Schedule,
  rules: ScheduleRules,
  home = schedule.cron,
): MovesLeft {
  const refusal = whyUnmovable(file, schedule, rules);
  if (refusal !== null) return { candidates: [], refusal };
  const { cron, timezone } = schedule;
  return { candidates: candidatesAround(parseCron(home), parseCron(cron), timezone, rules.limits), refusal };
}

/** The refusal of a schedule whose place people chose, in words or by an even beat, where nobody bound it. */
function whyOrdered(
  file: WorkflowFile,
  schedule: Schedule,
  { orderIsBound }: ScheduleRules,
  place: { readonly line: number; readonly column: number },
): Refusal | null {
  if (orderIsBound) return null;
  const { writtenOrder, writtenOrderIn } = schedule;
  if (writtenOrder !== undefined) {
    const where = writtenOrderIn === undefined ? '' : ` in ${writtenOrderIn}`;
    const code = asksToStay(writtenOrder) ? 'asked-to-stay' : 'written-order';
    return refuse(code, { ...place, detail: `${JSON.stringify(writtenOrder)}${where}` });
  }
  const minutes = evenBeat(file, schedule);
  return minutes === null ? null : refuse('in-step', { ...place, detail: `every ${minutes} minutes` });
}

/** A directive beside one cron holds for all of the file. */
function isPunctual({ schedules }: WorkflowFile, rules: ScheduleRules): boolean {
  if (rules.startIsBlocked === true) return false;
  return rules.punctual || schedules.some(({ directives }) => directives.punctual === true);
}

function standsTwice({ schedules }: WorkflowFile, { index, cron, timezone }: Schedule): boolean {
  return schedules.some((one) => one.index !== index && one.cron === cron && one.timezone === timezone);
}

/** Why a schedule has no crons that it may be moved to; `null` where it has some. */
export function whyUnmovable(file: WorkflowFile, schedule: Schedule, rules: ScheduleRules): Refusal | null {
  const { line, column, timezone } = schedule;
  const place = { line, column };
  const refusal =
    file.refusal ??
    schedule.refusal ??
    (rules.pinned ? refuse('pinned', place) : null) ??
    (isPunctual(file, rules) ? refuse('on-time', place) : null) ??
    (standsTwice(file, schedule) ? refuse('same-cron', place) : null) ??
    whyOrdered(file, schedule, rules, place);
  if (refusal !== null) return refusal;
  const cron = parseCron(schedule.cron);
  const nearest = nearestCandidate(cron, timezone, rules.limits);
  return nearest === null ? whyNoCandidate(cron, timezone, rules.limits, place) : null;
}
