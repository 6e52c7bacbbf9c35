import { z } from 'zod';
import { mean } from '../statistics.ts';
import { DAY_MS } from '../time.ts';
import { DECIDED, type MeanEvidence, meanEvidence } from './verdict/bounded-bets.ts';
import type { VerdictKind } from './verdict/verdict.ts';

/** An outcome not measured so long after it began counts as no difference, so that later pairs do not wait for ever. */
const MEASURED_WITHIN_MS = 60 * DAY_MS;
/** Value of an outcome that is neither better nor worse. */
const NEUTRAL = 0.5;
/** Minutes of waiting saved a tick that have the value 1. */
const MOST_SAVED_MINUTES = 240;

/** Stands for every repository that is forgotten: GitHub's ids begin with 1. */
export const FORGOTTEN_REPOSITORY = 0;

/** One repository under one of the two versions that a rollout compares. Each counts once under each. */
export const Outcome = z.object({
  /** `FORGOTTEN_REPOSITORY` once it is forgotten. */
  repositoryId: z.number().int(),
  /** Whether the rollout had reached it. */
  reached: z.boolean(),
  /** `verdict`: on its first merged pull request. `served`: against GitHub's own runs for the same ticks. */
  kind: z.enum(['verdict', 'served']),
  /** When it began, epoch ms. */
  from: z.number(),
  /** From 0, worse, to 1, better; `null` while it is not measured. */
  value: z.number().min(0).max(1).nullable(),
});
export type Outcome = z.infer<typeof Outcome>;

/** Value of a verdict, from 0, worse, to 1, better. */
export function valueOfVerdict(kind: VerdictKind): number {
  return kind === 'improved' ? 1 : kind === 'worse' ? 0 : NEUTRAL;
}

/** Value of the waiting that ticks on time have saved (minutes a tick), from 0 to 1. */
export function valueOfSaving(minutes: number): number {
  return Math.min(1, Math.max(0, minutes / MOST_SAVED_MINUTES));
}

export interface Comparison extends MeanEvidence {
  /** Pairs of repositories that were measured. */
  readonly pairs: number;
  /** Mean difference, reached less not reached, from -1 to 1; 0 without pairs. */
  readonly difference: number;
}

/**
 * Compares the repositories that a rollout has reached with those that it has not, in pairs of one kind: the first of
 * one side with the first of the other, and so on. `outcomes` are in the order in which they began; `now` is epoch ms.
 * Harm is found sooner than its absence. So pairs count in the order in which they began, up to the first one that is
 * not measured: otherwise the results that come first would decide.
 */
export function compareOutcomes(outcomes: readonly Outcome[], now: number): Comparison {
  const placed = outcomes.map((outcome, place) => ({ ...outcome, place }));
  const found = (['verdict', 'served'] as const).flatMap((kind) => {
    const own = placed.filter((one) => one.kind === kind);
    const others = own.filter(({ reached }) => !reached);
    return own
      .filter(({ reached }) => reached)
      .flatMap((one, rank) => {
        const other = others[rank];
        if (other === undefined) return [];
        return [{ begun: Math.max(one.place, other.place), difference: differenceOf(one, other, now) }];
      });
  });
  const differences: number[] = [];
  for (const { difference } of found.sort((one, other) => one.begun - other.begun)) {
    if (difference === null) break;
    differences.push(difference);
  }
  return { ...meanEvidence(differences), pairs: differences.length, difference: mean(differences) };
}

function differenceOf(reached: Outcome, other: Outcome, now: number): number | null {
  const [one, two] = [valueBy(reached, now), valueBy(other, now)];
  return one === null || two === null ? null : one - two;
}

function valueBy({ from, value }: Outcome, now: number): number | null {
  return value ?? (now - from > MEASURED_WITHIN_MS ? NEUTRAL : null);
}

export function comparisonSentence({ pairs, difference, above, below, sign }: Comparison): string {
  const evidence = `evidence ${Math.max(above, below).toPrecision(2)} of ${DECIDED}`;
  if (sign === null) {
    return `Not enough yet to tell the two versions apart: ${pairs} pairs of repositories, ${evidence}.`;
  }
  const better = sign === 'above' ? 'better' : 'worse';
  const size = Math.abs(difference).toFixed(2);
  return `The new version is ${better}, by ${size} of a scale from 0 to 1 (${pairs} pairs of repositories).`;
}
