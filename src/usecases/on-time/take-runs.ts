import { type ServedTick, tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { isTwinUndecided, twinFate } from '../../on-time/twins.ts';
import { takeRun } from './place-run.ts';
import { changeTick, type Place } from './work.ts';

/** Takes runs that were listed into account, oldest first, and decides on the twins among them. */
export async function takeRuns(place: Place, runs: readonly StartedRun[]): Promise<readonly ServedTick[]> {
  const changed: ServedTick[] = [];
  for (const run of runs.toSorted((one, other) => one.createdAt - other.createdAt || one.id - other.id)) {
    const tick = await takeRun(place, run);
    if (tick === null) continue;
    changed.push(isTwinUndecided(tick) ? ((await decideTwin(place, tick)) ?? tick) : tick);
  }
  return changed;
}

/** Decides what becomes of a tick's twin, and cancels it where it has to go. Done twice it is cancelled once. */
export async function decideTwin(place: Place, tick: ServedTick): Promise<ServedTick | null> {
  const { twin } = tick;
  const file = (await place.context.store.load(place.repositoryId))?.onTime?.files.find(
    ({ path }) => path === tick.path,
  );
  if (twin === null) return null;
  const mayCancel = file !== undefined && (file.mode === 'rescue' || file.net === 'cron');
  const hasBegun = await place.dispatcher.hasBegun(twin.runId);
  if (twinFate(tick, { hasBegun, mayCancel }) === 'cancelled') await place.dispatcher.cancel(twin.runId);
  return changeTick(place, tickKey(tick), (now) =>
    now.twin === null ? now : { ...now, twin: { ...now.twin, fate: twinFate(now, { hasBegun, mayCancel }) } },
  );
}
