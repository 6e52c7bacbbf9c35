import { judgeMerge } from '../../src/proposal/verdict/judge-merge.ts';
import type { Series } from '../../src/proposal/verdict/series.ts';
import type { VerdictKind } from '../../src/proposal/verdict/verdict.ts';
import type { World } from './worlds.ts';

/** How a rule calls what it has seen so far. */
export type Call = VerdictKind;

export interface Rule {
  readonly name: string;
  /** Called once a look; `since` is the merge, `now` the look, both epoch ms. */
  call(world: World, since: number, now: number): Call;
}

export const OURS: Rule = {
  name: 'offbeat',
  call: ({ moved, beside }, since, now) =>
    judgeMerge({ since, now, moved: [until(moved, now)], beside: beside.map((one) => until(one, now)) }).kind,
};

/** Roll back above five per cent errors. */
const FIVE_PERCENT: Rule = {
  name: '> 5 % errors',
  call: ({ moved }, since, now) => {
    const after = failures(moved, since, now);
    return after.length > 0 && share(after) > 0.05 ? 'worse' : 'no-difference';
  },
};

/** A z-test of two shares, and Welch's test of mean log durations, at 5 % at every look. */
const Z_TESTS: Rule = {
  name: 'z-tests, each look',
  call: ({ moved }, since, now) => {
    const z = Math.max(
      zOfShares(failures(moved, -1, since), failures(moved, since, now)),
      zOfMeans(logs(moved, -1, since), logs(moved, since, now)),
    );
    if (z > 1.645) return 'worse';
    const back = Math.max(
      zOfShares(failures(moved, since, now), failures(moved, -1, since)),
      zOfMeans(logs(moved, since, now), logs(moved, -1, since)),
    );
    return back > 1.645 ? 'improved' : 'no-difference';
  },
};

export const RULES: readonly Rule[] = [OURS, FIVE_PERCENT, Z_TESTS];

function until({ key, runs }: Series, now: number): Series {
  return { key, runs: runs.filter(({ at }) => at <= now) };
}

function failures({ runs }: Series, from: number, to: number): readonly boolean[] {
  return runs.flatMap(({ at, failed }) => (at >= from && at < to && failed !== null ? [failed] : []));
}

function logs({ runs }: Series, from: number, to: number): readonly number[] {
  return runs.flatMap(({ at, seconds, minutesLate }) => {
    const value = seconds ?? (minutesLate === null ? null : minutesLate + 5);
    return at >= from && at < to && value !== null ? [Math.log(value)] : [];
  });
}

function share(values: readonly boolean[]): number {
  return values.filter(Boolean).length / values.length;
}

function zOfShares(before: readonly boolean[], after: readonly boolean[]): number {
  if (before.length < 2 || after.length < 2) return 0;
  const pooled = share([...before, ...after]);
  const spread = Math.sqrt(pooled * (1 - pooled) * (1 / before.length + 1 / after.length));
  return spread === 0 ? 0 : (share(after) - share(before)) / spread;
}

function zOfMeans(before: readonly number[], after: readonly number[]): number {
  if (before.length < 3 || after.length < 3) return 0;
  const [a, b] = [moments(before), moments(after)];
  const spread = Math.sqrt(a.variance / before.length + b.variance / after.length);
  return spread === 0 ? 0 : (b.mean - a.mean) / spread;
}

function moments(values: readonly number[]): { readonly mean: number; readonly variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
  return { mean, variance };
}
