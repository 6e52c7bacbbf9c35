import { type ServedTick, tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { isTwinUndecided, twinFate } from '../../on-time/twins.ts';
import { takeRun } from './place-run.ts';
import { changeTick, fileOf, type RepositoryAccess } from './work.ts';

/** Updates ticks from listed runs, oldest first, and decides on the twins among them. */
export async function takeRuns(
  access: RepositoryAccess,
  runs: readonly StartedRun[],
): Promise<readonly ServedTick[]> {
  const changed: ServedTick[] = [];
  for (const run of runs.toSorted((one, other) => one.createdAt - other.createdAt || one.id - other.id)) {
    const tick = await takeRun(access, run);
    if (tick === null) continue;
    changed.push(isTwinUndecided(tick) ? ((await decideTwin(access, tick)) ?? tick) : tick);
  }
  return changed;
}

/** Decides the fate of a tick's twin, and cancels it where that is its fate. Calling it twice is harmless. */
export async function decideTwin(access: RepositoryAccess, tick: ServedTick): Promise<ServedTick | null> {
  const { twin } = tick;
  const file = fileOf((await access.context.store.load(access.repositoryId))?.onTime, tick.path);
  if (twin === null) return null;
  const mayCancel = file !== undefined && (file.mode === 'rescue' || file.net === 'cron');
  const hasBegun = await access.dispatcher.hasBegun(twin.runId);
  if (twinFate(tick, { hasBegun, mayCancel }) === 'cancelled') await access.dispatcher.cancel(twin.runId);
  return changeTick(access, tickKey(tick), (now) =>
    now.twin === null ? now : { ...now, twin: { ...now.twin, fate: twinFate(now, { hasBegun, mayCancel }) } },
  );
}
