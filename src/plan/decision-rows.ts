import { itemAt, numberAt } from '../checked.ts';
import { clockTime } from '../time.ts';
import { gainOf, type Response } from './assignment.ts';
import { latenessBelief } from './belief.ts';
import { mostEdits } from './budget.ts';
import type { CouplingKind } from './couplings.ts';
import type { Alternative, ScheduleDecision, SlotForecast } from './decision.ts';
import { explainMove } from './explain.ts';
import { HOLDS, type HoldFacts, type HoldKind } from './holds.ts';
import { RUNNERS } from './input.ts';
import { ownWeights, termsSaved } from './objective.ts';
import { keepReason, moveReasons, noOutcomeReason, unreachableSentence } from './reasons.ts';
import { type Round, savedShare } from './round.ts';
import { slotForecastOf } from './slot-forecast.ts';
import { KNOWN_FROM_TICKS, type Task } from './task.ts';
import { BIN_MINUTES } from './week.ts';

/** Alternatives named for each schedule. */
const ALTERNATIVES = 5;
/** A better time that saves less than this is not even mentioned. */
const NOTICEABLE_GAIN = 0.01;

/** One schedule's row of a decision, and why its better time is held; `null` where it is not held. */
export interface DecisionRow {
  readonly decision: ScheduleDecision;
  readonly hold: HoldKind | null;
}

/** The row of one schedule of a finished round, by its place in key order. */
export function decisionRow(round: Round, at: number): DecisionRow {
  const task = itemAt(round.tasks, at);
  const { refusal, noOutcome, inRound, runsSeen } = task.schedule;
  const unmoved = unmovedRow(task);
  const unheld = (decision: ScheduleDecision): DecisionRow => ({ decision, hold: null });
  if (refusal !== null) return unheld({ ...unmoved, outcome: 'refused', reasons: [refusal.sentence] });
  if (noOutcome === true) {
    return unheld({ ...unmoved, outcome: 'keep', reasons: [noOutcomeReason(runsSeen)] });
  }
  const row = { ...unmoved, today: slotForecastOf(task, at, 0, round.besideToday) };
  if (inRound === false) {
    const reasons = ['This round was for other schedules only.'];
    return unheld({ ...row, outcome: 'keep', reasons, inRound });
  }
  if (task.options.length === 1) return unheld({ ...row, outcome: 'keep', reasons: keepReasons(task, 0) });
  return round.search.choice[at] === 0 ? stayingRow(round, at, row) : unheld(movedRow(round, at, row));
}

type UnmovedRow = Omit<ScheduleDecision, 'outcome' | 'reasons'>;
type RowWithToday = UnmovedRow & { readonly today: SlotForecast };

function movedRow(round: Round, at: number, row: RowWithToday): ScheduleDecision {
  const chosen = numberAt(round.search.choice, at);
  const response = round.search.bestResponse(at);
  const share = (cost: number): number => savedShare(cost, itemAt(round.costToday, at));
  const benefit = share(numberAt(response.costs, chosen));
  return {
    ...row,
    outcome: 'move',
    ...moveFields(round, at, chosen, benefit, row.today),
    alternatives: alternatives(itemAt(round.tasks, at), response, chosen, share),
  };
}

/** The row of a schedule that stays: no better time was found (`keep`), or a better one is held (`held`). */
function stayingRow(round: Round, at: number, row: RowWithToday): DecisionRow {
  const task = itemAt(round.tasks, at);
  const response = round.search.bestResponse(at);
  const best = bestOther(response);
  const gain = gainOf(response, best);
  const share = (cost: number): number => savedShare(cost, numberAt(response.costs, 0));
  if (gain < NOTICEABLE_GAIN) {
    const others = alternatives(task, response, -1, share);
    const reasons = keepReasons(task, gain);
    return { decision: { ...row, outcome: 'keep', reasons, alternatives: others }, hold: null };
  }
  const move = moveFields(round, at, best, gain, row.today);
  const coupling = round.search.brokenCoupling(at, best);
  const hold = holdKind(round, at, best, gain, response.forbidden?.[best] === 1, coupling);
  const facts = holdFacts(round, at, gain, coupling);
  return {
    decision: {
      ...row,
      outcome: 'held',
      ...move,
      ...(hold === 'confidence' ? { unsure: true as const } : {}),
      reasons: [HOLDS[hold].reason(facts), ...move.reasons],
      explanation: { ...move.explanation, wouldChange: [HOLDS[hold].release(facts)] },
      alternatives: alternatives(task, response, best, share),
    },
    hold,
  };
}

function holdKind(
  round: Round,
  at: number,
  option: number,
  gain: number,
  isForbidden: boolean,
  coupling: CouplingKind | null,
): HoldKind {
  if (gain < itemAt(round.leastGain, at)) return 'gain';
  if (round.isDwelling(itemAt(round.tasks, at).schedule)) return 'dwell';
  if (isForbidden) return coupling === null ? 'full-minute' : 'coupling';
  if (round.lowConfidence.has(at)) return 'confidence';
  if (!round.isNoticeable(at, option)) return 'effect';
  return round.budget.byEdits ? 'edits' : 'share';
}

function holdFacts(round: Round, at: number, gain: number, coupling: CouplingKind | null): HoldFacts {
  const { schedule } = itemAt(round.tasks, at);
  const { settings, recentEdits = 0 } = round.input;
  return {
    gain,
    leastGain: itemAt(round.leastGain, at),
    movedBefore: schedule.movedAt !== null,
    daysSinceMove: round.daysSinceMove(schedule),
    dwellDays: settings.dwellDays,
    confidence: round.lowConfidence.get(at) ?? 0,
    minConfidence: settings.minConfidence ?? 0,
    runsSeen: schedule.runsSeen,
    coupling,
    edits: recentEdits,
    mostEdits: mostEdits(settings.maxEdits ?? 0, round.tasks.length),
    moves: round.budget.moves,
    schedules: round.tasks.length,
    changeShare: settings.maxChangeShare,
  };
}

/** The fields of a row that depend on the time to which the schedule would move. */
function moveFields(round: Round, at: number, option: number, benefit: number, today: SlotForecast) {
  const task = itemAt(round.tasks, at);
  const saved = round.withTaskRemoved(at, round.after, () =>
    termsSaved(task, option, round.termWeights, round.before, round.after),
  );
  const proposed = slotForecastOf(task, at, option, round.besidePlanned);
  const observed = leastObserved(task, option);
  const { cron, finishByMinute, runners = RUNNERS } = task.schedule;
  const facts = {
    today,
    proposed,
    shiftMinutes: numberAt(task.shifts, option),
    finishByMinute,
    runners,
    saved,
    latenessObservations: Math.round(observed),
    countedJobs: task.countedJobs,
  };
  const costToday = itemAt(round.costToday, at);
  const missed = unreachableSentence(finishByMinute, Math.max(0, ...task.finished));
  return {
    explanation: explainMove({
      ...facts,
      cron,
      costToday,
      spare: (benefit - itemAt(round.leastGain, at)) * costToday,
      termWeights: ownWeights(round.termWeights, task),
      wait: numberAt(task.wait, option) - numberAt(task.laterCost, option),
    }),
    to: itemAt(task.options, option).cron,
    confidence: round.confidence(at, option, benefit),
    benefit,
    proposed,
    latenessBelief: observed < KNOWN_FROM_TICKS ? 0 : latenessBelief(observed, leastObserved(task, 0)),
    latenessRuns: Math.round(observed),
    reasons: moveReasons(facts),
    ...(missed === null ? {} : { cautions: [missed] }),
  } satisfies Partial<ScheduleDecision>;
}

/** The fields that every row of a decision has, filled in for a schedule that stays. */
function unmovedRow({ schedule, countedJobs }: Task): UnmovedRow {
  const { key, path, index, workflowName, timezone, cron, runsSeen, finishByMinute } = schedule;
  const { patterns } = schedule.forecast.duration;
  return {
    key,
    path,
    index,
    workflowName,
    timezone,
    cron,
    ...(finishByMinute === null ? {} : { finishBy: clockTime(finishByMinute) }),
    to: cron,
    confidence: 0,
    benefit: 0,
    runsSeen,
    today: null,
    proposed: null,
    overlapCounts: countedJobs > 0,
    ...(patterns === undefined ? {} : { patterns: [...patterns] }),
    alternatives: [],
  };
}

function keepReasons(task: Task, bestGain: number): string[] {
  const { finishByMinute, isNothingSeen, runsSeen } = task.schedule;
  if (isNothingSeen === true && task.options.length > 1) return [noOutcomeReason(runsSeen)];
  const missed = unreachableSentence(finishByMinute, Math.max(0, ...task.finished));
  const kept = keepReason(task.options.length - 1, bestGain, task.leavesUnknownOut);
  return missed === null || task.finished.length === 0 ? [kept] : [kept, missed];
}

/** The cheapest option other than the current one, an allowed one where there is any. */
function bestOther({ costs, forbidden }: Response): number {
  let best = 1;
  const rank = (option: number): number => (forbidden?.[option] === 1 ? 1 : 0);
  for (let option = 2; option < costs.length; option += 1) {
    const [a, b] = [rank(option), rank(best)];
    if (a < b || (a === b && numberAt(costs, option) < numberAt(costs, best))) best = option;
  }
  return best;
}

/** The best other crons with the share of cost that each would save, one for each five minutes. */
function alternatives(
  task: Task,
  { costs, forbidden }: Response,
  chosen: number,
  share: (cost: number) => number,
): Alternative[] {
  const bin = (option: number): number => Math.floor(numberAt(task.shifts, option) / BIN_MINUTES);
  const taken = new Set(chosen > 0 ? [bin(chosen)] : []);
  const named: Alternative[] = [];
  const ranked = [...costs.keys()]
    .slice(1)
    .filter((option) => forbidden?.[option] !== 1)
    .sort((a, b) => numberAt(costs, a) - numberAt(costs, b) || a - b);
  for (const option of ranked) {
    if (named.length === ALTERNATIVES) break;
    if (option === chosen || taken.has(bin(option))) continue;
    taken.add(bin(option));
    named.push({ cron: itemAt(task.options, option).cron, score: share(numberAt(costs, option)) });
  }
  return named;
}

/** Own ticks observed at the hours of an option; of several hours the fewest. */
function leastObserved(task: Task, option: number): number {
  const { lateness } = task.schedule.forecast;
  return Math.min(...task.hourShares(option).map(([hour]) => itemAt(lateness, hour).observations));
}
