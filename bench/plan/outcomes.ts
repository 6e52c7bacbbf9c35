import { planSchedules } from '../../src/plan/plan.ts';
import { compared } from '../../src/simulate/compare.ts';
import type { Measures } from '../../src/simulate/measure.ts';
import { hashInWindow, jenkinsHash, offPeak } from './baselines.ts';
import { type Case, DAY_MS, FIRST_ROUND, inputOf, learnedUntil, ROUND_EVERY_DAYS, ROUNDS } from './case.ts';
import { knowingTheFuture } from './oracle.ts';
import { meanOf, quantile, realised } from './realised.ts';

/** Worse by less than this share is not told from chance, whatever the interval says. */
const NOISE_SHARE = 0.02;

export type Crons = ReadonlyMap<string, string>;

type Settings = Parameters<typeof inputOf>[2];

/**
 * Crons after so many rounds, two weeks apart, under these settings; between them production code learns how the
 * moved ones fare. One round alone is the last one, so that all have seen as much time.
 */
export function afterRounds(of: Case, rounds: number, settings: Settings = {}): Crons {
  const crons = new Map<string, string>();
  const moved = new Map<string, number>();
  let [seen, edits] = [of, 0];
  for (let round = 0; round < ROUNDS; round += 1) {
    const now = FIRST_ROUND + round * ROUND_EVERY_DAYS * DAY_MS;
    if (round >= ROUNDS - rounds) {
      const plan = planSchedules(inputOf(seen, now, settings, { crons, moved, edits }), round + 1);
      for (const { key, outcome, to } of plan.schedules) {
        if (outcome !== 'move') continue;
        crons.set(key, to);
        moved.set(key, now);
        edits += 1;
      }
    }
    if (round < ROUNDS - 1) seen = learnedUntil(seen, crons, now, now + ROUND_EVERY_DAYS * DAY_MS);
  }
  return crons;
}

/**
 * As if nothing but overlap counted and every gain were worth an edit: what 30 % of the schedules can do about it at
 * best.
 */
const OVERLAP_ALONE: NonNullable<Settings> = {
  weights: { overlap: 1, lateness: 0, failure: 0, finishBy: 0, shift: 0, edit: 0, crowding: 0 },
  minGain: 0,
  minConfidence: 0,
  onlyNoticeable: false,
};

export const METHODS: readonly { readonly name: string; readonly crons: (of: Case) => Crons }[] = [
  { name: 'unchanged', crons: () => new Map() },
  { name: 'Jenkins hash', crons: (of) => byCron(of, jenkinsHash) },
  { name: 'hash within the window', crons: (of) => byCron(of, hashInWindow) },
  { name: 'original rule', crons: (of) => byCron(of, offPeak) },
  { name: 'ours, first round', crons: (of) => afterRounds(of, 1) },
  { name: 'ours, three rounds', crons: (of) => afterRounds(of, ROUNDS) },
  {
    name: 'ours, three, no floor',
    crons: (of) => afterRounds(of, ROUNDS, { onlyNoticeable: false }),
  },
  { name: 'ours, all at once', crons: (of) => afterRounds(of, 1, { maxChangeShare: 1 }) },
  { name: 'overlap alone, 1 round', crons: (of) => afterRounds(of, 1, OVERLAP_ALONE) },
  {
    name: 'overlap alone, at once',
    crons: (of) => afterRounds(of, 1, { ...OVERLAP_ALONE, maxChangeShare: 1 }),
  },
  { name: 'lateness known ahead', crons: knowingTheFuture },
];

function byCron({ cast }: Case, of: (cron: string, key: string) => string): Crons {
  return new Map(cast.map(({ key, cron }) => [key, of(cron, key)]));
}

export interface Outcome {
  readonly of: Case;
  /** Weeks by method. */
  readonly weeks: ReadonlyMap<string, readonly Measures[]>;
  /** Schedules that a method moves. */
  readonly moved: ReadonlyMap<string, number>;
}

export function outcomeOf(of: Case): Outcome {
  const weeks = new Map<string, readonly Measures[]>();
  const moved = new Map<string, number>();
  for (const { name, crons } of METHODS) {
    const chosen = crons(of);
    weeks.set(name, realised(of, chosen));
    moved.set(name, of.cast.filter(({ key, cron }) => (chosen.get(key) ?? cron) !== cron).length);
  }
  return { of, weeks, moved };
}

/** One method over some sets, each figure against unchanged. */
export interface Summary {
  readonly name: string;
  /** Median over the sets of the change of time from tick to completion. */
  readonly completion: number;
  /** The same of the peak above the widest single run, and of the sums over all sets. */
  readonly peak: number;
  readonly peakSum: number;
  readonly overlap: number;
  readonly overlapSum: number;
  readonly movedShare: number;
  /** Sets in which completion, or overlap, is worse than unchanged beyond noise. */
  readonly worse: readonly string[];
}

const widest = ({ cast }: Case): number => Math.max(...cast.map(({ width }) => width));

export function summaries(outcomes: readonly Outcome[]): readonly Summary[] {
  return METHODS.map(({ name }) => {
    const pairs = outcomes.map(({ of, weeks }) => ({
      of,
      was: weeks.get('unchanged') ?? [],
      is: weeks.get(name) ?? [],
    }));
    const change = (figure: (measures: Measures, of: Case) => number): number[] =>
      pairs
        .map(({ of, was, is }) => ({
          was: meanOf(was, (one) => figure(one, of)),
          is: meanOf(is, (one) => figure(one, of)),
        }))
        .filter(({ was }) => was > 0)
        .map(({ was, is }) => is / was - 1);
    const changeOfSum = (figure: (measures: Measures, of: Case) => number): number => {
      const sum = (weeks: 'was' | 'is'): number =>
        pairs.reduce((total, pair) => total + meanOf(pair[weeks], (one) => figure(one, pair.of)), 0);
      return sum('was') === 0 ? 0 : sum('is') / sum('was') - 1;
    };
    const peak = (one: Measures, of: Case): number => Math.max(0, one.peakJobs - widest(of));
    const overlap = (one: Measures): number => one.overlapMinutes;
    const worse = pairs.flatMap(({ of, was, is }) =>
      (['completionMinutes', 'overlapMinutes'] as const)
        .filter((figure) =>
          isWorse(
            was.map((one) => one[figure]),
            is.map((one) => one[figure]),
          ),
        )
        .map((figure) => `${of.name} ${figure}`),
    );
    const moved = outcomes.reduce((sum, outcome) => sum + (outcome.moved.get(name) ?? 0), 0);
    const all = outcomes.reduce((sum, { of }) => sum + of.cast.length, 0);
    return {
      name,
      completion: quantile(
        change((one) => one.completionMinutes),
        0.5,
      ),
      peak: quantile(change(peak), 0.5),
      peakSum: changeOfSum(peak),
      overlap: quantile(change(overlap), 0.5),
      overlapSum: changeOfSum(overlap),
      movedShare: moved / all,
      worse,
    };
  });
}

function isWorse(was: readonly number[], is: readonly number[]): boolean {
  const { before, difference, low } = compared(was, is);
  return low > 0 && difference > NOISE_SHARE * before;
}
