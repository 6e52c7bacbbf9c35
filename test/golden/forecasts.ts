import { backgroundLoad, forecastSchedule } from '../../src/forecast/forecast-schedule.ts';
import { newestVersion } from '../../src/usecases/learning/schedule-version.ts';
import type { Store } from '../../src/usecases/ports.ts';
import type { TextCollector } from './texts.ts';

/**
 * Records what is forecast at `now` (epoch ms) of every schedule that a store has of a repository, to the last bit, and
 * the load beside them. Schedules are named by their place: the data that repositories are made from stays outside.
 */
export async function addForecasts(
  collector: TextCollector,
  store: Pick<Store, 'load' | 'loadLatenessPool'>,
  repositoryId: number,
  now: number,
): Promise<void> {
  const state = await store.load(repositoryId);
  if (state === undefined) throw new Error(`The store does not know repository ${repositoryId}.`);
  const pool = await store.loadLatenessPool();
  for (const [place, schedule] of (newestVersion(state.scheduleVersions)?.entries ?? []).entries()) {
    collector.add(`forecast/schedule ${place}`, forecastSchedule(state.learned, pool, schedule, now));
  }
  collector.add('forecast/load of other jobs', backgroundLoad(state.learned));
}
