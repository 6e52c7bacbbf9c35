import { ticksPerWeek } from '../../src/cron/gaps.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { MINUTE_MS } from '../../src/time.ts';
import { type Case, DAY_MS, JUDGED_DAYS, JUDGED_FROM, ROUNDS, worldOf } from '../plan/case.ts';
import { deadlinesOf, isKept } from '../plan/deadlines.ts';
import { afterRounds, type Crons } from '../plan/outcomes.ts';
import { quantile } from '../plan/realised.ts';

/** Wished: done three hours after the tick. */
const WISHED_MINUTES = 180;

export interface CompletionFigures {
  readonly ticks: number;
  /** Median minutes from the tick to the end of its run; of runs alone: `duration`. */
  readonly unchanged: number;
  readonly moved: number;
  readonly punctual: number;
  readonly duration: number;
  /** Share of daily ticks that are done three hours later, of those whose runs fit into three hours. */
  readonly keptUnchanged: number;
  readonly keptPunctual: number;
  /** Share of daily schedules of which moves keep nine ticks in ten. */
  readonly keptByMoves: number;
}

/**
 * Real sets: GitHub's own cron, with moves alone, and on time with what was measured from tick to run (ms, any of
 * them).
 */
export function completions(
  cases: readonly Case[],
  created: readonly number[],
  random: () => number,
): CompletionFigures {
  const drawn = (): number => (created[Math.floor(random() * created.length)] ?? 0) / MINUTE_MS;
  const all = { unchanged: [] as Ended[], moved: [] as Ended[] };
  for (const one of cases) {
    all.unchanged.push(...endsOf(one, new Map()));
    all.moved.push(...endsOf(one, afterRounds(one, ROUNDS)));
  }
  const punctual = all.unchanged.map((one) => ({ ...one, late: drawn() }));
  const daily = punctual.filter(({ isDaily, minutes }) => isDaily && minutes <= WISHED_MINUTES - 1);
  const dailyUnchanged = all.unchanged.filter(
    ({ isDaily, minutes }) => isDaily && minutes <= WISHED_MINUTES - 1,
  );
  const deadlines = cases.flatMap(deadlinesOf);
  return {
    ticks: all.unchanged.length,
    unchanged: medianEnd(all.unchanged),
    moved: medianEnd(all.moved),
    punctual: medianEnd(punctual),
    duration: quantile(
      all.unchanged.map(({ minutes }) => minutes),
      0.5,
    ),
    keptUnchanged: keptOf(dailyUnchanged),
    keptPunctual: keptOf(daily),
    keptByMoves: deadlines.filter(({ ours }) => isKept(ours)).length / Math.max(1, deadlines.length),
  };
}

interface Ended {
  /** Minutes from the tick to the run; `null` where GitHub drops it. */
  readonly late: number | null;
  readonly minutes: number;
  readonly isDaily: boolean;
}

function endsOf(of: Case, crons: Crons): readonly Ended[] {
  const world = worldOf(of);
  return of.cast.flatMap(({ key, cron }, place) => {
    const own = parseCron(crons.get(key) ?? cron);
    const isDaily = ticksPerWeek(own) === 7;
    return ticksBetween(own, 'UTC', JUDGED_FROM, JUDGED_FROM + JUDGED_DAYS * DAY_MS).map((tick, ordinal) => {
      const { lateMinutes, seconds } = world.outcomeOf(place, tick, ordinal);
      return { late: lateMinutes, minutes: seconds / 60, isDaily };
    });
  });
}

/** A run that never comes ends after all others. */
function medianEnd(all: readonly Ended[]): number {
  return quantile(
    all.map(({ late, minutes }) => (late === null ? Number.MAX_SAFE_INTEGER : late + minutes)),
    0.5,
  );
}

function keptOf(all: readonly Ended[]): number {
  const kept = all.filter(({ late, minutes }) => late !== null && late + minutes <= WISHED_MINUTES);
  return kept.length / Math.max(1, all.length);
}
