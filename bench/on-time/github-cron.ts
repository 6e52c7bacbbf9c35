import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import type { LatenessReplay } from '../plan/lateness-replay.ts';

/**
 * Shares of ticks that never become a run, that go into the next one where they are later than that, and that are half
 * a day late.
 */
const DROPPED = 0.015;
const MERGED = 0.4;
const HALF_A_DAY = 0.003;
const LATEST_MS = 12 * HOUR_MS;

export interface CronRun {
  readonly tick: number;
  /** Epoch ms; `null` where GitHub drops or merges the tick. */
  readonly createdAt: number | null;
}

/** When GitHub's own scheduler starts the ticks of a cron in [from, to), as late as was recorded. */
export function githubRuns(
  cron: string,
  { from, to }: { readonly from: number; readonly to: number },
  { minutes, names }: LatenessReplay,
  random: () => number,
): readonly CronRun[] {
  const name = names[Math.floor(random() * names.length)] ?? '';
  const ticks = ticksBetween(parseCron(cron), 'UTC', from, to);
  return ticks.map((tick, at) => {
    const next = ticks[at + 1];
    const late = random() < HALF_A_DAY ? LATEST_MS : Math.min(LATEST_MS, minutes(name, tick) * MINUTE_MS);
    const isMerged = next !== undefined && tick + late > next && random() < MERGED;
    return { tick, createdAt: random() < DROPPED || isMerged ? null : tick + late };
  });
}
