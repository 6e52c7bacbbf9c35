import { z } from 'zod';
import { itemAt } from '../checked.ts';
import type { Run } from '../history/run.ts';
import { median } from '../statistics.ts';
import { DAY_MS, MINUTE_MS } from '../time.ts';
import type { ServedTick } from './served-tick.ts';
import { SHOWN_MS, servedAt, tickServer } from './shares.ts';

/** How much later GitHub's own scheduler came for ticks that Offbeat has served. */
export const GitHubComparison = z.object({
  /** Ticks that have a run of Offbeat and a run of GitHub's scheduler. */
  ticks: z.number().int().positive(),
  /** Days of these ticks. */
  days: z.number().int().positive(),
  /** Minutes by which GitHub came later: the median over days of each day's median. */
  laterMinutes: z.number(),
  /** 95 % interval of `laterMinutes`; `null` for fewer than six days. */
  interval: z.tuple([z.number(), z.number()]).nullable(),
});
export type GitHubComparison = z.infer<typeof GitHubComparison>;

/** When the runs of Offbeat and of GitHub's scheduler for one tick were created, epoch ms. */
interface Pair {
  readonly tick: ServedTick;
  readonly own: number;
  readonly github: number;
}

/**
 * When GitHub's scheduler has come for a tick, epoch ms: with the tick's twin, or with a run of the net. `null` where
 * it has not, or where the net's run may belong to another tick. `netRuns` are runs of the net by schedule, unordered.
 */
export function githubCame({ tick, mode, twin }: ServedTick, netRuns: readonly Run[]): number | null {
  if (twin !== null) return twin.createdAt;
  if (mode !== 'punctual') return null;
  const came = netRuns.filter((run) => run.tick === tick && !run.ambiguous && run.attempt === 1);
  return came.length === 0 ? null : Math.min(...came.map(({ createdAt }) => createdAt));
}

/** How much later GitHub came for served ticks of 30 days, a day being one value; `null` without a pair. */
export function compareWithGitHub(
  ticks: readonly ServedTick[],
  netRuns: readonly Run[],
  now: number,
): GitHubComparison | null {
  const pairs = ticks.filter(({ tick }) => now - tick <= SHOWN_MS).flatMap((tick) => pairOf(tick, netRuns));
  if (pairs.length === 0) return null;
  const byDay = Map.groupBy(pairs, ({ tick }) => Math.floor(tick.tick / DAY_MS));
  const days = [...byDay.values()].map((day) =>
    median(day.map(({ own, github }) => (github - own) / MINUTE_MS)),
  );
  const interval = medianInterval(days);
  return {
    ticks: pairs.length,
    days: days.length,
    laterMinutes: median(days),
    interval: interval === null ? null : [...interval],
  };
}

/** Both runs of a tick that Offbeat has served and GitHub's scheduler has come for; else nothing. */
export function pairOf(tick: ServedTick, netRuns: readonly Run[]): readonly Pair[] {
  const own = servedAt(tick);
  const github = githubCame(tick, netRuns);
  if (own === null || github === null || tickServer(tick) !== 'offbeat') return [];
  return [{ tick, own, github }];
}

/** Chance on each side that the true value lies outside of the interval. */
const TAIL = 0.025;

/**
 * Interval that holds the median of the values' distribution, whatever that is, with at least 95 %. Its ends are two of
 * the values, which have to be independent. `null` for fewer than six. Source: the sign test (Conover, Practical
 * Nonparametric Statistics, 3.2).
 */
export function medianInterval(values: readonly number[]): readonly [lower: number, upper: number] | null {
  const sorted = values.toSorted((a, b) => a - b);
  const size = sorted.length;
  let chance = 0.5 ** size;
  let below = 0;
  let rank = 0;
  while (rank < size / 2 && below + chance <= TAIL) {
    below += chance;
    rank += 1;
    chance *= (size - rank + 1) / rank;
  }
  return rank === 0 ? null : [itemAt(sorted, rank - 1), itemAt(sorted, size - rank)];
}
