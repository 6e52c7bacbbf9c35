import type { TermWeights } from '../../src/plan/objective.ts';
import { planSchedules } from '../../src/plan/plan.ts';
import { Round } from '../../src/plan/round.ts';
import { execute } from '../../src/simulate/engine.ts';
import { startedRuns } from '../../src/simulate/runs.ts';
import {
  type Case,
  DAY_MS,
  FIRST_ROUND,
  inputOf,
  JUDGED_FROM,
  learnedUntil,
  playersOf,
  worldOf,
} from './case.ts';

/** A move is judged by the fortnight after it. */
const FORTNIGHTS = 2;
const MINUTE_MS = 60_000;
/** A gain has come true when half of it is there. */
const PROMISED_SHARE = 0.5;

/** One proposed move, what was said of it, and what came of it. */
export interface JudgedMove {
  readonly confidence: number;
  readonly promised: number;
  /** Share of its own cost that it took away; negative is a loss. */
  readonly realised: number;
  readonly improved: boolean;
  readonly kept: boolean;
}

/** All moves of one plan, judged. `minConfidence` 0 proposes the unsure too, so that the whole scale is seen. */
export function judgedMoves(of: Case, settings: Parameters<typeof inputOf>[2]): readonly JudgedMove[] {
  const now = JUDGED_FROM;
  const seen = learnedUntil(of, new Map(), FIRST_ROUND, now);
  const input = inputOf(seen, now, { minConfidence: 0, ...settings });
  const plan = planSchedules(input, 1);
  const sorted = [...input.schedules].sort((a, b) => (a.key < b.key ? -1 : 1));
  const { termWeights } = new Round(sorted, input, 1);
  const crons = new Map(
    plan.schedules.filter(({ outcome }) => outcome === 'move').map(({ key, to }) => [key, to]),
  );
  const judged: JudgedMove[] = [];
  for (let fortnight = 0; fortnight < FORTNIGHTS; fortnight += 1) {
    const from = now + fortnight * 14 * DAY_MS;
    const before = ownCosts(of, new Map(), from, termWeights);
    const after = ownCosts(of, crons, from, termWeights);
    of.cast.forEach(({ key, cron }, place) => {
      const line = plan.schedules.find((one) => one.key === key);
      const was = before[place] ?? 0;
      if (line === undefined || line.outcome !== 'move' || was <= 0) return;
      const shift = input.schedules
        .find((one) => one.key === key)
        ?.candidates.find((candidate) => candidate.cron === line.to)?.shiftMinutes;
      const moveCost = termWeights.edit + (termWeights.distance * Math.abs(shift ?? 0)) / 180;
      const realised = (was - (after[place] ?? 0) - moveCost) / was;
      judged.push({
        confidence: line.confidence,
        promised: line.benefit,
        realised: cron === line.to ? 0 : realised,
        improved: realised > 0,
        kept: realised >= PROMISED_SHARE * line.benefit,
      });
    });
  }
  return judged;
}

/** What each schedule's runs cost in a fortnight, in the plan's termWeights: waiting and meeting others. */
function ownCosts(
  of: Case,
  crons: ReadonlyMap<string, string>,
  from: number,
  termWeights: TermWeights,
): readonly number[] {
  const players = playersOf(of, crons);
  const world = worldOf(of);
  const started = startedRuns(players, world, from, from + 14 * DAY_MS);
  const { jobs } = execute(players, started.runs, world);
  const waits = players.map(() => ({ sum: 0, count: 0 }));
  for (const { place, tick, createdAt } of started.runs) {
    const wait = waits[place];
    if (wait === undefined) continue;
    wait.sum += (createdAt - tick) / MINUTE_MS;
    wait.count += 1;
  }
  const overlap = players.map(() => 0);
  const sorted = [...jobs].sort((a, b) => a.startedAt - b.startedAt);
  sorted.forEach((one, at) => {
    for (let next = at + 1; next < sorted.length; next += 1) {
      const other = sorted[next];
      if (other === undefined || other.startedAt >= one.endedAt) break;
      if (other.run === one.run) continue;
      const shared = (Math.min(one.endedAt, other.endedAt) - other.startedAt) / MINUTE_MS;
      for (const { run } of [one, other]) {
        const place = started.runs[run]?.place ?? 0;
        overlap[place] = (overlap[place] ?? 0) + shared / 2;
      }
    }
  });
  return players.map((_, place) => {
    const { sum, count } = waits[place] ?? { sum: 0, count: 0 };
    // A fortnight holds two weeks of overlap; a schedule that never ran cost nothing that can be told.
    return count === 0 ? 0 : (termWeights.wait * sum) / count + termWeights.overlap * (overlap[place] ?? 0);
  });
}

/** Expected calibration error over tenths of the scale, weighted by how many moves fall into each. */
export function calibrationError(moves: readonly JudgedMove[]): number {
  const bins = Map.groupBy(moves, ({ confidence }) => Math.min(9, Math.floor(confidence * 10)));
  return [...bins.values()].reduce((sum, bin) => {
    const said = bin.reduce((total, { confidence }) => total + confidence, 0) / bin.length;
    const came = bin.filter(({ kept }) => kept).length / bin.length;
    return sum + (bin.length / moves.length) * Math.abs(said - came);
  }, 0);
}
