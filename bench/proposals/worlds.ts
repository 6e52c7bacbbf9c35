import { seededRandom } from '../../src/plan/random.ts';
import type { Series, SeriesRun } from '../../src/proposal/verdict/series.ts';
import type { Series as RecordedSeries } from '../forecast/series.ts';
import type { Slot } from '../lateness/slots.ts';

type Random = () => number;

const DAY_MS = 86_400_000;
/** The merge of every simulated proposal. */
export const MERGED_AT = Date.UTC(2026, 5, 1);
/** Runs before and after it. */
export const RUNS = 60;
/** Series of fewer runs than this say too little of themselves. */
const LEAST_RUNS = 80;
/** Runs that follow each other are alike: they are drawn in blocks of this many. */
const BLOCK = 8;
/** Schedules left alone in each simulated repository. */
const BESIDE = 4;
/** Standard deviation of the common drift of log durations after the merge: new runners, a slower registry. */
const DRIFT_SPREAD = 0.1;

/** One simulated proposal: what is harmed, if anything, is the first series. */
export interface World {
  readonly moved: Series;
  readonly beside: readonly Series[];
}

/** What is done to the moved schedule's runs after the merge. */
export interface Harm {
  /** Points of probability by which it fails more often. */
  readonly failurePoints?: number;
  /** Its durations are multiplied by this. */
  readonly durationFactor?: number;
}

/** Series that can be simulated from: enough runs whose outcome is known. */
export function usable(recorded: readonly RecordedSeries[]): readonly RecordedSeries[] {
  return recorded.filter(({ succeeded }) => succeeded.filter((one) => one !== null).length >= LEAST_RUNS);
}

/**
 * Worlds without any change but a common drift: the runs of a moved schedule and of those beside it are drawn in blocks
 * from recorded series, before and after alike.
 */
export function drawnWorlds(
  recorded: readonly RecordedSeries[],
  perSeries: number,
  harm: Harm,
  seed: number,
): readonly World[] {
  const random = seededRandom(seed);
  return recorded.flatMap((own) =>
    Array.from({ length: perSeries }, () => {
      const drift = DRIFT_SPREAD * normal(random);
      const others = Array.from({ length: BESIDE }, () => pick(recorded, random));
      return {
        moved: drawn('moved', own, drift, harm, random),
        beside: others.map((other, at) => drawn(`beside-${at}`, other, drift, {}, random)),
      };
    }),
  );
}

/** Recorded series as they are, cut at some run: what changes in them, changes by itself. */
export function recordedWorlds(recorded: readonly RecordedSeries[]): readonly World[] {
  return recorded.flatMap((own) => {
    const runs = runsOf(own);
    const cuts = [0.4, 0.5, 0.6].map((share) => Math.floor(share * runs.length));
    return cuts.map((cut) => ({
      moved: {
        key: 'moved',
        runs: runs.slice(Math.max(0, cut - RUNS), cut + RUNS).map((run, at) => ({
          ...run,
          at: instant(at - Math.min(cut, RUNS)),
        })),
      },
      beside: [],
    }));
  });
}

function drawn(key: string, own: RecordedSeries, drift: number, harm: Harm, random: Random): Series {
  const recorded = runsOf(own);
  const failing = recorded.filter(({ failed }) => failed).length / recorded.length;
  const toFail = (harm.failurePoints ?? 0) / Math.max(0.01, 1 - failing);
  const runs: SeriesRun[] = [];
  while (runs.length < 2 * RUNS) {
    const from = Math.floor(random() * (recorded.length - BLOCK));
    for (const run of recorded.slice(from, from + BLOCK)) {
      const after = runs.length >= RUNS;
      const seconds =
        run.seconds === null || !after
          ? run.seconds
          : run.seconds * Math.exp(drift) * (harm.durationFactor ?? 1);
      const failed = run.failed === true || (after && random() < toFail);
      runs.push({ ...run, at: instant(runs.length - RUNS), seconds, failed });
    }
  }
  return { key, runs: runs.slice(0, 2 * RUNS) };
}

function runsOf({ seconds, succeeded }: RecordedSeries): readonly SeriesRun[] {
  return seconds.flatMap((value, at) => {
    const ok = succeeded[at];
    return ok === null || ok === undefined
      ? []
      : [{ at, failed: !ok, seconds: value, minutesLate: null, minutesShared: null }];
  });
}

/** Daily runs around the merge. */
function instant(run: number): number {
  return MERGED_AT + run * DAY_MS + DAY_MS / 2;
}

/**
 * Real lateness around an instant at which nothing was changed: one schedule is taken for moved, those that ticked at
 * the same time stand beside it. `latenessFactor` is what the move has done to the moved one.
 */
export function lateWorlds(
  slots: readonly Slot[],
  everyDays: number,
  latenessFactor = 1,
): readonly (World & { at: number })[] {
  const least = 25;
  const span = 45 * DAY_MS;
  const inSpan = (slot: Slot, at: number, factor = 1): Series => ({
    key: slot.id,
    runs: slot.ticks.flatMap((tick, place) =>
      Math.abs(tick - at) > span
        ? []
        : [
            {
              at: tick,
              failed: false,
              seconds: null,
              minutesLate: Math.max(0, slot.minutes[place] ?? 0) * (tick >= at ? factor : 1),
              minutesShared: null,
            },
          ],
    ),
  });
  const enough = ({ runs }: Series, at: number): boolean =>
    runs.filter((run) => run.at < at).length >= least && runs.filter((run) => run.at >= at).length >= least;
  return slots.flatMap((slot, place) => {
    const [first = 0] = slot.ticks;
    const last = slot.ticks.at(-1) ?? first;
    const worlds: (World & { at: number })[] = [];
    for (let at = first + span; at < last - span / 2; at += everyDays * DAY_MS) {
      const moved = inSpan(slot, at, latenessFactor);
      if (!enough(moved, at)) continue;
      const beside = slots
        .filter((other, otherPlace) => other.schedule !== slot.schedule && otherPlace !== place)
        .map((other) => inSpan(other, at))
        .filter((other) => enough(other, at))
        .slice(0, 2 * BESIDE);
      worlds.push({ moved: { ...moved, key: 'moved' }, beside, at });
    }
    return worlds;
  });
}

function pick<T>(list: readonly T[], random: Random): T {
  const one = list[Math.floor(random() * list.length)];
  if (one === undefined) throw new Error('Nothing to draw from.');
  return one;
}

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
