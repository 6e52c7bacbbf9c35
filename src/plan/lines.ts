import { itemAt, numberAt } from '../checked.ts';
import { mostEdits } from './budget.ts';
import type { Alternative, ScheduleDecision, ScheduleExplanation } from './decision.ts';
import { latenessBelief } from './evidence.ts';
import { explainHeld, explainMove } from './explain.ts';
import { RUNNERS } from './input.ts';
import { termsSaved } from './objective.ts';
import { Company, outlookOf } from './outlook.ts';
import {
  changeShareReason,
  confidenceReason,
  couplingReason,
  dwellReason,
  editsReason,
  keepReason,
  minimumGainReason,
  moveReasons,
  QUOTABLE_OBSERVATIONS,
  unreachableSentence,
} from './reasons.ts';
import { type Round, savedShare } from './round.ts';
import { type Response, Search } from './search.ts';
import type { Task } from './task.ts';
import { BIN_MINUTES } from './week.ts';

/** Alternatives told for each schedule. */
const ALTERNATIVES = 5;
/** A better time that saves less than this is not even worth the name. */
const NOTICEABLE_GAIN = 0.01;

type HoldKind = Parameters<typeof explainHeld>[0]['kind'];

/** Writes the schedules' lines of a decision from a finished round. */
export class Lines {
  readonly #round: Round;
  readonly #companyToday: Company;
  readonly #companyPlanned: Company;

  constructor(round: Round) {
    this.#round = round;
    const { tasks, nothingMoved, search, input } = round;
    this.#companyToday = new Company(tasks, nothingMoved, input.background);
    this.#companyPlanned = new Company(tasks, search.choice, input.background);
  }

  /** The line of one schedule, by its place in key order. */
  line(at: number): ScheduleDecision {
    const task = itemAt(this.#round.tasks, at);
    const { schedule } = task;
    const chosen = numberAt(this.#round.search.choice, at);
    const line = {
      key: schedule.key,
      path: schedule.path,
      index: schedule.index,
      workflowName: schedule.workflowName,
      timezone: schedule.timezone,
      cron: schedule.cron,
      to: schedule.cron,
      confidence: 0,
      benefit: 0,
      runsSeen: schedule.runsSeen,
      today: null,
      proposed: null,
      alternatives: [],
    };
    if (schedule.refusal !== null) {
      return { ...line, outcome: 'refused', reasons: [schedule.refusal.sentence] };
    }
    const today = outlookOf(task, at, 0, this.#companyToday);
    if (task.options.length === 1) {
      return { ...line, today, outcome: 'keep', reasons: keepReasons(task, 0) };
    }
    const response = this.#round.search.respond(at);
    if (chosen !== 0) {
      const costToday = itemAt(this.#round.costToday, at);
      const share = (cost: number): number => savedShare(cost, costToday);
      const benefit = share(numberAt(response.costs, chosen));
      return {
        ...line,
        today,
        outcome: 'move',
        ...this.#promise(at, chosen, benefit, today),
        alternatives: alternatives(task, response, chosen, share),
      };
    }
    const best = bestOther(response);
    const share = (cost: number): number => savedShare(cost, numberAt(response.costs, 0));
    const gain = Search.gain(response, best);
    if (gain < NOTICEABLE_GAIN) {
      const reasons = keepReasons(task, gain);
      return {
        ...line,
        today,
        outcome: 'keep',
        reasons,
        alternatives: alternatives(task, response, -1, share),
      };
    }
    const promise = this.#promise(at, best, gain, today);
    const kind = this.#holdKind(at, gain, response.forbidden?.[best] === 1);
    return {
      ...line,
      today,
      outcome: 'held',
      ...promise,
      reasons: [this.#heldReason(at, gain, kind), ...promise.reasons],
      explanation: {
        ...promise.explanation,
        wouldChange: [this.#whatLetsGo(at, gain, kind, promise.confidence)],
      },
      alternatives: alternatives(task, response, best, share),
    };
  }

  #holdKind(at: number, gain: number, coupled: boolean): HoldKind {
    const round = this.#round;
    const { schedule } = itemAt(round.tasks, at);
    if (gain < itemAt(round.leastGain, at)) return 'gain';
    if (round.rests(schedule)) return 'dwell';
    if (coupled) return 'coupling';
    if (round.unsure.has(at)) return 'confidence';
    return round.budget.byEdits ? 'edits' : 'share';
  }

  #heldReason(at: number, gain: number, kind: HoldKind): string {
    const round = this.#round;
    const { schedule } = itemAt(round.tasks, at);
    const { settings } = round.input;
    switch (kind) {
      case 'gain':
        return minimumGainReason(gain, itemAt(round.leastGain, at), schedule.movedAt !== null);
      case 'dwell':
        return dwellReason(gain, round.daysSinceMove(schedule), settings.dwellDays);
      case 'coupling':
        return couplingReason(gain, schedule);
      case 'confidence':
        return confidenceReason(gain, round.unsure.get(at) ?? 0, settings.minConfidence ?? 0);
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

  #whatLetsGo(at: number, gain: number, kind: HoldKind, confidence: number): string {
    const round = this.#round;
    const { schedule } = itemAt(round.tasks, at);
    const { settings } = round.input;
    return explainHeld({
      kind,
      gain,
      least: itemAt(round.leastGain, at),
      restsForDays: settings.dwellDays - round.daysSinceMove(schedule),
      confidence: round.unsure.get(at) ?? confidence,
      minConfidence: settings.minConfidence ?? 0,
      runsSeen: schedule.runsSeen,
    });
  }

  /** What a move of one task to an option promises, and how sure that is. */
  #promise(
    at: number,
    option: number,
    benefit: number,
    today: ScheduleDecision['today'] & object,
  ): Pick<ScheduleDecision, 'to' | 'confidence' | 'benefit' | 'proposed' | 'latenessBelief' | 'reasons'> & {
    readonly explanation: ScheduleExplanation;
  } {
    const round = this.#round;
    const task = itemAt(round.tasks, at);
    const confidence = round.confidence(at, option, benefit);
    const saved = round.without(at, round.after, () =>
      termsSaved(task, option, round.prices, round.before, round.after),
    );
    const proposed = outlookOf(task, at, option, this.#companyPlanned);
    const { runsSeen, finishByMinute, runners = RUNNERS } = task.schedule;
    const observed = leastObserved(task, option);
    const reasons = moveReasons({
      today,
      proposed,
      shiftMinutes: numberAt(task.shifts, option),
      finishByMinute,
      runners,
      bestFinish: Math.max(0, ...task.finished),
      latenessObservations: Math.round(observed),
      benefit,
      confidence,
      runsSeen,
      saved,
    });
    const costToday = itemAt(round.costToday, at);
    const explanation = explainMove({
      cron: task.schedule.cron,
      today,
      proposed,
      finishByMinute,
      runners,
      costToday,
      spare: (benefit - itemAt(round.leastGain, at)) * costToday,
      saved,
      prices: round.prices,
      width: task.width,
      wait: numberAt(task.wait, option),
      latenessObservations: Math.round(observed),
    });
    return {
      explanation,
      to: (task.options[option] as { cron: string }).cron,
      confidence,
      benefit,
      proposed,
      latenessBelief: observed < QUOTABLE_OBSERVATIONS ? 0 : latenessBelief(observed, leastObserved(task, 0)),
      reasons,
    };
  }
}

function keepReasons(task: Task, bestGain: number): string[] {
  const { finishByMinute } = task.schedule;
  const missed = unreachableSentence(finishByMinute, Math.max(0, ...task.finished));
  const kept = keepReason(task.options.length - 1, bestGain);
  return missed === null || task.finished.length === 0 ? [kept] : [kept, missed];
}

/** The cheapest option other than today's, a permitted one where there is any. */
function bestOther({ costs, forbidden }: Response): number {
  let best = 1;
  const rank = (option: number): number => (forbidden?.[option] === 1 ? 1 : 0);
  for (let option = 2; option < costs.length; option += 1) {
    const [a, b] = [rank(option), rank(best)];
    if (a < b || (a === b && numberAt(costs, option) < numberAt(costs, best))) best = option;
  }
  return best;
}

/** The best other crons with the share of cost each would save, one of each five minutes. */
function alternatives(
  task: Task,
  { costs, forbidden }: Response,
  chosen: number,
  share: (cost: number) => number,
): Alternative[] {
  const bin = (option: number): number => Math.floor(numberAt(task.shifts, option) / BIN_MINUTES);
  const taken = new Set(chosen > 0 ? [bin(chosen)] : []);
  const told: Alternative[] = [];
  const ranked = [...costs.keys()]
    .slice(1)
    .filter((option) => forbidden?.[option] !== 1)
    .sort((a, b) => numberAt(costs, a) - numberAt(costs, b) || a - b);
  for (const option of ranked) {
    if (told.length === ALTERNATIVES) break;
    if (option === chosen || taken.has(bin(option))) continue;
    taken.add(bin(option));
    told.push({ cron: task.options[option]?.cron ?? '', score: share(numberAt(costs, option)) });
  }
  return told;
}

/** Own ticks observed at the hours of an option; the thinnest hour. */
function leastObserved(task: Task, option: number): number {
  const { lateness } = task.schedule.forecast;
  return Math.min(...task.hourShares(option).map(([hour]) => lateness[hour]?.observations ?? 0));
}
