import { itemAt, numberAt } from '../checked.ts';
import { clockTime } from '../time.ts';
import { gainOf, type Response } from './assignment.ts';
import { latenessBelief } from './belief.ts';
import { mostEdits } from './budget.ts';
import type { CouplingKind } from './couplings.ts';
import type { Alternative, ScheduleDecision, ScheduleExplanation, SlotForecast } from './decision.ts';
import { explainHeld, explainMove, type HoldKind } from './explain.ts';
import { RUNNERS } from './input.ts';
import { ownWeights, termsSaved } from './objective.ts';
import {
  changeShareReason,
  confidenceReason,
  couplingReason,
  dwellReason,
  editsReason,
  fullMinuteReason,
  keepReason,
  minimumGainReason,
  moveReasons,
  noOutcomeReason,
  unnoticedReason,
  unreachableSentence,
} from './reasons.ts';
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

/** The fields of a row that depend on the time to which the schedule would move. */
type MoveFields = Pick<
  ScheduleDecision,
  'to' | 'confidence' | 'benefit' | 'proposed' | 'latenessBelief' | 'latenessRuns' | 'reasons' | 'cautions'
> & { readonly explanation: ScheduleExplanation };

/** Writes the schedules' rows of a decision from a finished round. */
export class DecisionRows {
  readonly #round: Round;

  constructor(round: Round) {
    this.#round = round;
  }

  /** The row of one schedule, by its place in key order. */
  row(at: number): DecisionRow {
    const task = itemAt(this.#round.tasks, at);
    const { refusal } = task.schedule;
    const row = unmovedRow(task);
    if (refusal !== null) {
      return { decision: { ...row, outcome: 'refused', reasons: [refusal.sentence] }, hold: null };
    }
    if (task.schedule.noOutcome === true) {
      return {
        decision: { ...row, outcome: 'keep', reasons: [noOutcomeReason(task.schedule.runsSeen)] },
        hold: null,
      };
    }
    const today = slotForecastOf(task, at, 0, this.#round.besideToday);
    if (task.schedule.inRound === false) {
      const reasons = ['This round was for other schedules only.'];
      return { decision: { ...row, today, outcome: 'keep', reasons, inRound: false }, hold: null };
    }
    if (task.options.length === 1) {
      return { decision: { ...row, today, outcome: 'keep', reasons: keepReasons(task, 0) }, hold: null };
    }
    if (this.#round.search.choice[at] !== 0) return this.#movedRow(at, { ...row, today });
    return this.#stayingRow(at, { ...row, today });
  }

  #movedRow(at: number, row: UnmovedRow & { readonly today: SlotForecast }): DecisionRow {
    const { tasks, search, costToday } = this.#round;
    const chosen = numberAt(search.choice, at);
    const response = search.bestResponse(at);
    const share = (cost: number): number => savedShare(cost, itemAt(costToday, at));
    const benefit = share(numberAt(response.costs, chosen));
    return {
      decision: {
        ...row,
        outcome: 'move',
        ...this.#moveFields(at, chosen, benefit, row.today),
        alternatives: alternatives(itemAt(tasks, at), response, chosen, share),
      },
      hold: null,
    };
  }

  /** The row of a schedule that stays: no better time was found (`keep`), or a better one is held (`held`). */
  #stayingRow(at: number, row: UnmovedRow & { readonly today: SlotForecast }): DecisionRow {
    const task = itemAt(this.#round.tasks, at);
    const response = this.#round.search.bestResponse(at);
    const best = bestOther(response);
    const gain = gainOf(response, best);
    const share = (cost: number): number => savedShare(cost, numberAt(response.costs, 0));
    if (gain < NOTICEABLE_GAIN) {
      const others = alternatives(task, response, -1, share);
      const reasons = keepReasons(task, gain);
      return { decision: { ...row, outcome: 'keep', reasons, alternatives: others }, hold: null };
    }
    const move = this.#moveFields(at, best, gain, row.today);
    const coupling = this.#round.search.brokenCoupling(at, best);
    const hold = this.#holdKind(at, best, gain, response.forbidden?.[best] === 1, coupling);
    return {
      decision: {
        ...row,
        outcome: 'held',
        ...move,
        ...(hold === 'confidence' ? { unsure: true as const } : {}),
        reasons: [this.#heldReason(at, gain, hold, coupling), ...move.reasons],
        explanation: {
          ...move.explanation,
          wouldChange: [this.#whatWouldRelease(at, gain, hold, move.confidence)],
        },
        alternatives: alternatives(task, response, best, share),
      },
      hold,
    };
  }

  #holdKind(
    at: number,
    option: number,
    gain: number,
    isForbidden: boolean,
    coupling: CouplingKind | null,
  ): HoldKind {
    const round = this.#round;
    const { schedule } = itemAt(round.tasks, at);
    if (gain < itemAt(round.leastGain, at)) return 'gain';
    if (round.isDwelling(schedule)) return 'dwell';
    if (isForbidden) return coupling === null ? 'full-minute' : 'coupling';
    if (round.lowConfidence.has(at)) return 'confidence';
    if (!round.isNoticeable(at, option)) return 'effect';
    return round.budget.byEdits ? 'edits' : 'share';
  }

  #heldReason(at: number, gain: number, kind: HoldKind, coupling: CouplingKind | null): string {
    const round = this.#round;
    const { schedule } = itemAt(round.tasks, at);
    const { settings } = round.input;
    switch (kind) {
      case 'gain':
        return minimumGainReason(gain, itemAt(round.leastGain, at), schedule.movedAt !== null);
      case 'effect':
        return unnoticedReason(gain);
      case 'dwell':
        return dwellReason(gain, round.daysSinceMove(schedule), settings.dwellDays);
      case 'coupling':
        return couplingReason(gain, coupling ?? 'apart');
      case 'full-minute':
        return fullMinuteReason(gain);
      case 'confidence':
        return confidenceReason(gain, round.lowConfidence.get(at) ?? 0, settings.minConfidence ?? 0);
      case 'edits':
        return editsReason(
          gain,
          round.input.recentEdits ?? 0,
          mostEdits(settings.maxEdits ?? 0, round.tasks.length),
        );
      case 'share':
        return changeShareReason(gain, round.budget.moves, round.tasks.length, settings.maxChangeShare);
    }
  }

  #whatWouldRelease(at: number, gain: number, kind: HoldKind, confidence: number): string {
    const round = this.#round;
    const { schedule } = itemAt(round.tasks, at);
    const { settings } = round.input;
    return explainHeld({
      kind,
      gain,
      least: itemAt(round.leastGain, at),
      dwellDaysLeft: settings.dwellDays - round.daysSinceMove(schedule),
      confidence: round.lowConfidence.get(at) ?? confidence,
      minConfidence: settings.minConfidence ?? 0,
      runsSeen: schedule.runsSeen,
    });
  }

  #moveFields(at: number, option: number, benefit: number, today: SlotForecast): MoveFields {
    const round = this.#round;
    const task = itemAt(round.tasks, at);
    const confidence = round.confidence(at, option, benefit);
    const saved = round.withTaskRemoved(at, round.after, () =>
      termsSaved(task, option, round.termWeights, round.before, round.after),
    );
    const proposed = slotForecastOf(task, at, option, this.#round.besidePlanned);
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
      overlapCounts: task.countedJobs > 0,
    };
    const costToday = itemAt(round.costToday, at);
    const missed = unreachableSentence(finishByMinute, Math.max(0, ...task.finished));
    const explanation = explainMove({
      ...facts,
      cron,
      costToday,
      spare: (benefit - itemAt(round.leastGain, at)) * costToday,
      termWeights: ownWeights(round.termWeights, task),
      countedJobs: task.countedJobs,
      wait: numberAt(task.wait, option) - numberAt(task.laterCost, option),
    });
    return {
      explanation,
      to: itemAt(task.options, option).cron,
      confidence,
      benefit,
      proposed,
      latenessBelief: observed < KNOWN_FROM_TICKS ? 0 : latenessBelief(observed, leastObserved(task, 0)),
      latenessRuns: Math.round(observed),
      reasons: moveReasons(facts),
      ...(missed === null ? {} : { cautions: [missed] }),
    };
  }
}

type UnmovedRow = Omit<ScheduleDecision, 'outcome' | 'reasons'>;

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
