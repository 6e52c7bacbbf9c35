import type { Cron } from './parse.ts';
import { ticksBetween } from './ticks.ts';
import { clockChanges } from './timezone.ts';

/** A local time of a schedule that its zone's clocks leave out or show twice on one day. */
export interface ClockSurprise {
  readonly kind: 'skipped' | 'repeated';
  /** The time asked for, as epoch ms of that local time taken as if it were UTC. */
  readonly local: number;
  /** When GitHub runs it, on the same footing: of a skipped time the next valid one. */
  readonly runsAt: number;
}

/**
 * Local times in [from, to) (epoch ms) that the clocks skip or repeat and the cron asks for, at most one a change, in
 * order. Schedules that cover every hour mean an interval and are not surprised. Throws `timezone-unknown`.
 */
export function clockSurprises(
  cron: Cron,
  timezone: string,
  from: number,
  to: number,
): readonly ClockSurprise[] {
  if (cron.hours.length === 24) return [];
  return clockChanges(timezone, from, to).flatMap(({ at, before, after }): ClockSurprise[] => {
    const isForward = after > before;
    // Read as if the zone were UTC, the changed stretch is a plain range of local time.
    const [start, end] = isForward ? [at + before, at + after] : [at + after, at + before];
    const [local] = ticksBetween(cron, 'UTC', start, end);
    if (local === undefined) return [];
    return [{ kind: isForward ? 'skipped' : 'repeated', local, runsAt: isForward ? end : local }];
  });
}
