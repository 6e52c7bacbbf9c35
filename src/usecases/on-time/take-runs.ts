import {
  EARLY_MS,
  latestTickOf,
  type OtherServers,
  placeRun as placeAmong,
  type Server,
  servedBy,
  serverOf,
  withRecords,
} from '../../on-time/by-others.ts';
import { ticksOf } from '../../on-time/due.ts';
import { LOOK_BACK_MS, oldestOwnRun } from '../../on-time/lookup.ts';
import { hasOwnNet } from '../../on-time/net-at-work.ts';
import { afterFound, afterRun, type DueTick } from '../../on-time/progress.ts';
import { isOpen, type ServedTick, servingRun, tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import type { OnTimeFile } from '../../on-time/state.ts';
import { isTwinUndecided, twinFate } from '../../on-time/twins.ts';
import { DAY_MS } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';
import { changeOnTime, changeTick, fileOf, type RepositoryAccess } from './work.ts';

/** A run of `schedule` more than a day after a tick does not belong to it. */
const LONGEST_LATENESS_MS = DAY_MS;

/** Updates a tick from news of a run: asked for, another's, or a twin. Returns the tick; `null` if unchanged. */
export function takeRun(access: RepositoryAccess, run: StartedRun): Promise<ServedTick | null> {
  const { appLogin } = access.connected;
  return changeOnTime(access, (onTime, state) => {
    const file = fileOf(onTime, run.path);
    const next =
      ownTick(state, run, appLogin) ?? (file && othersTick(state, file, run, appLogin, access.now()));
    return { change: next === undefined ? null : { ticks: [next] }, value: next ?? null };
  });
}

/** The tick that a run of Offbeat serves, after the news; `undefined` where nothing changes. */
function ownTick({ ticks }: RepositoryState, run: StartedRun, appLogin: string): ServedTick | undefined {
  const known = ticks.find((tick) => 'runId' in tick.progress && tick.progress.runId === run.id);
  if (known !== undefined) {
    const next = isOpen(known) ? afterFound(known, run) : afterRun(known, run);
    return next === known ? undefined : next;
  }
  const claimed = new Set(ticks.flatMap((tick) => servingRun(tick) ?? []));
  const asked = ticks
    .filter((tick) => tick.path === run.path && (isOpen(tick) || tick.progress.state === 'lost'))
    .filter(({ progress }) => {
      const since = 'firstAt' in progress ? progress.firstAt : Number.POSITIVE_INFINITY;
      return oldestOwnRun([run], { path: run.path, since, claimed, appLogin }) !== undefined;
    });
  // Where two ticks fit, the later one was asked for after the earlier one had been given up.
  const newest = asked.toSorted((one, other) => one.tick - other.tick).at(-1);
  return newest === undefined ? undefined : afterFound(newest, run);
}

/** Has another's run, created since a due tick, serve it. Returns whether the tick needs no request any more. */
export async function takeRunSince(
  access: RepositoryAccess,
  due: DueTick,
  runs: readonly StartedRun[],
): Promise<boolean> {
  const tick = await changeTick(access, tickKey(due), (now, state) => {
    const found = now.progress.state === 'due' ? runSince(state, due, runs, access.connected.appLogin) : null;
    return found === null ? now : servedBy(now, found.run, found.server, access.now());
  });
  return tick?.progress.state !== 'due';
}

/** The oldest run of another that serves no other tick and may serve this one, and who started it. */
export function runSince(
  { onTime, ticks }: Pick<RepositoryState, 'onTime' | 'ticks'>,
  { path, tick }: Pick<DueTick, 'path' | 'tick'>,
  runs: readonly StartedRun[],
  appLogin: string,
): { readonly run: StartedRun; readonly server: Server } | null {
  const file = fileOf(onTime, path);
  if (file === undefined) return null;
  const others = othersOf(file, appLogin);
  const taken = new Set(ticks.flatMap((one) => servingRun(one) ?? []));
  const found = runs.flatMap((run) => {
    const server = run.path === path && !taken.has(run.id) ? serverOf(run, others) : null;
    return server !== null && latestTickOf(run, server) >= tick ? [{ run, server }] : [];
  });
  return found.toSorted((one, other) => one.run.createdAt - other.run.createdAt)[0] ?? null;
}

function othersOf(file: OnTimeFile, appLogin: string): OtherServers {
  return { hasOwnNet: hasOwnNet(file), manualServes: file.manualServes, appLogin };
}

function othersTick(
  state: RepositoryState,
  file: OnTimeFile,
  run: StartedRun,
  appLogin: string,
  now: number,
): ServedTick | undefined {
  const others = othersOf(file, appLogin);
  const placed = placeAmong(run, ticksThatItMayServe(state, file, run), others);
  if (placed.kind === 'nothing') return undefined;
  if (placed.kind === 'twin') {
    if (!('progress' in placed.tick)) return undefined;
    return { ...placed.tick, twin: { runId: run.id, createdAt: run.createdAt, fate: 'waiting' } };
  }
  const server = serverOf(run, others);
  // The run serves a tick from before on time was switched on: that tick is GitHub's, and gets no record.
  if (server === null || placed.tick.tick < file.since) return undefined;
  return servedBy(placed.tick, run, server, now);
}

/** Ticks of the day before a run; also the last one before on time was switched on, where GitHub has not run it yet. */
function ticksThatItMayServe(
  { ticks, runs }: RepositoryState,
  file: OnTimeFile,
  run: StartedRun,
): readonly (ServedTick | DueTick)[] {
  const from = run.createdAt - LONGEST_LATENESS_MS;
  const all = ticksOf(file, from, run.createdAt + EARLY_MS);
  const last = all.findLast(({ tick }) => tick < file.since);
  const isOpenStill =
    last !== undefined &&
    ![...runs].some(
      ({ path, event, createdAt, id }) =>
        path === file.path && event === 'schedule' && id !== run.id && createdAt >= last.tick,
    );
  const own = all.filter(({ tick }) => tick >= file.since);
  const records = ticks.filter(({ path, tick }) => path === file.path && tick >= from);
  return withRecords(isOpenStill ? [last, ...own] : own, records);
}

/** Since when (epoch ms) runs have to be listed, to see every run that may serve this tick. */
export function listedSince({ tick, progress }: ServedTick): number {
  const earliest = 'firstAt' in progress ? Math.min(progress.firstAt, tick) : tick;
  return earliest - LOOK_BACK_MS;
}

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
