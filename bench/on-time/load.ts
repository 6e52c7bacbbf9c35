import { monitorEventLoopDelay } from 'node:perf_hooks';
import { HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import { fatesOf } from './served.ts';
import { NO_FAULTS, WALK_FROM } from './walk.ts';
import { createWorld, type MadeFile } from './world.ts';

const FILES = 5;
const RUN_MS = 4 * MINUTE_MS;
/** A webhook comes so late; all of them come within the same minutes. */
const HOOK_MS = 1_000;
/** All workflows name this minute. */
const DUE_AT = WALK_FROM + HOUR_MS;
const FINISH_BY = ['05:00', '03:00', '02:00', '04:00'] as const;

export interface LoadFigures {
  readonly ticks: number;
  /** Ms from the tick to the request, in the order in which they were sent. */
  readonly begun: readonly number[];
  /** Requests that came after one of a later deadline, or of none. */
  readonly outOfOrder: number;
  /** Longest that the machine's own event loop was held up, ms. */
  readonly loopMs: number;
  readonly rssMb: number;
}

/** So many ticks in one minute, dealt to so many installations. */
export async function load(ticks: number, installations: number, seed: number): Promise<LoadFigures> {
  const files = Array.from({ length: FILES }, (_, at): MadeFile => {
    const finishBy = FINISH_BY[at];
    const name = `w${at}.yml`;
    return finishBy === undefined ? { name, cron: '0 1 * * *' } : { name, cron: '0 1 * * *', finishBy };
  });
  const repositories = Array.from({ length: ticks / FILES }, (_, at) => ({
    installationId: 1 + (at % installations),
    net: 'own' as const,
    files,
    durationMs: RUN_MS,
    hookMs: HOOK_MS,
  }));
  const to = DUE_AT + HOUR_MS;
  const world = await createWorld({
    repositories,
    from: WALK_FROM,
    to,
    seed,
    faults: NO_FAULTS,
    lateness: null,
  });
  await world.run(DUE_AT - MINUTE_MS);
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await world.run(DUE_AT + 20 * MINUTE_MS);
  delay.disable();
  const asked = fatesOf(world)
    .flatMap(({ tick, asked: [first], schedule }) =>
      first === undefined || tick !== DUE_AT ? [] : [{ at: first.at - tick, path: schedule.path }],
    )
    .sort((one, other) => one.at - other.at);
  world.end();
  const deadlines = asked.map(({ path }) => FINISH_BY[Number(/w(\d)/.exec(path)?.[1])] ?? '24:00');
  return {
    ticks: asked.length,
    begun: asked.map(({ at }) => at),
    outOfOrder:
      installations === 1 ? deadlines.filter((one, at) => one < (deadlines[at - 1] ?? '')).length : 0,
    loopMs: delay.max / 1e6,
    rssMb: process.memoryUsage().rss / 2 ** 20,
  };
}
