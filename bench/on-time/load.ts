import { MINUTE_MS } from '../../src/time.ts';
import { crowdOf, DUE_AT, FINISH_BY } from './crowd-repositories.ts';
import { fatesOf } from './served.ts';
import { NO_FAULTS, WALK_FROM } from './walk.ts';
import { createWorld } from './world.ts';

export interface LoadFigures {
  readonly ticks: number;
  /** Ms from the tick to the request, in the order in which they were sent. */
  readonly begun: readonly number[];
  /** Requests that came after one of a later deadline, or of none. */
  readonly outOfOrder: number;
}

/** So many ticks of one installation in one minute, in simulated time. */
export async function load(ticks: number, seed: number): Promise<LoadFigures> {
  const world = await createWorld({
    repositories: crowdOf(ticks, 1),
    from: WALK_FROM,
    to: DUE_AT + MINUTE_MS,
    seed,
    faults: NO_FAULTS,
    lateness: null,
  });
  await world.run(DUE_AT + 20 * MINUTE_MS);
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
    outOfOrder: deadlines.filter((one, at) => one < (deadlines[at - 1] ?? '')).length,
  };
}
