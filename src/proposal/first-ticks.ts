import { parseCron } from '../cron/parse.ts';
import { ticksBetween } from '../cron/ticks.ts';
import type { Run } from '../history/run.ts';
import { HOUR_MS } from '../time.ts';
import type { ProposedMove } from './proposal.ts';
import { Alarm, type WatchedMove } from './watch.ts';

/** A tick may still get its run for so long: later runs of daily schedules were never seen. */
const STILL_LATE_MS = 12 * HOUR_MS;
/** A single tick is dropped now and then; two without a run mean that the cron is not registered. */
const TICKS_WITHOUT_RUN = 2;
/** GitHub still fires an old cron for a while after an edit; after this long it is an alarm. */
const OLD_CRON_SETTLES_MS = 48 * HOUR_MS;

/**
 * Alarms from the runs of one moved schedule since a merge: whether it fires, whether the old cron still does,
 * whether its actor has changed, and whether its runs start at all. `now` and `since` are epoch ms.
 */
export function lookAtFirstTicks(
  watched: WatchedMove,
  move: Pick<ProposedMove, 'from' | 'to' | 'timezone'>,
  runs: Iterable<Run>,
  since: number,
  now: number,
): WatchedMove {
  const own = [...runs].filter(
    (run) => run.scheduleKey === watched.key && run.attempt === 1 && run.createdAt >= since,
  );
  const ticksOf = (cron: string): readonly number[] => [
    ...ticksBetween(parseCron(cron), move.timezone, since, now),
  ];
  const proposed = new Set(ticksOf(move.to));
  const replaced = new Set(ticksOf(move.from));
  const ofNew = own.filter(({ tick }) => tick !== null && proposed.has(tick));
  const ofOld = own.filter(({ tick }) => tick !== null && replaced.has(tick) && !proposed.has(tick));
  const firstRunAt = watched.firstRunAt ?? ofNew[0]?.createdAt ?? null;
  const overdue = [...proposed].filter((tick) => now - tick > STILL_LATE_MS);
  const { actorBefore } = watched;
  const isFound: Readonly<Record<Alarm, boolean>> = {
    'not-fired': firstRunAt === null && overdue.length >= TICKS_WITHOUT_RUN,
    'old-cron-fires': ofOld.some(({ tick }) => (tick ?? 0) - since > OLD_CRON_SETTLES_MS),
    'actor-changed':
      actorBefore !== null && ofNew.some(({ actor }) => actor !== null && actor !== actorBefore),
    'startup-failure': own.some(({ conclusion }) => conclusion === 'startup_failure'),
  };
  return { ...watched, firstRunAt, alarms: Alarm.options.filter((alarm) => isFound[alarm]) };
}
