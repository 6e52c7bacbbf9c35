import { LOOK_FOR_MS, type Looked, lookFor } from '../../on-time/lookup.ts';
import { isNetAtWork, mayNetCome } from '../../on-time/net-at-work.ts';
import { afterLook } from '../../on-time/progress.ts';
import { isOpen, type ServedTick, servingRun, tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { isTwinUndecided } from '../../on-time/twins.ts';
import { MINUTE_MS, SECOND_MS } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';
import { askAgain } from './ask.ts';
import { listedSince } from './place-run.ts';
import { decideTwin, takeRuns } from './take-runs.ts';
import { changeTick, type Place } from './work.ts';

/** A request that is under way is answered, or given up, by then. */
const ANSWERED_BY_MS = 30 * SECOND_MS;
const FIRST_LOOK_AFTER_MS = 5 * SECOND_MS;
/** Webhooks tell of runs at once; this is for those that got lost. */
const LOOK_AFTER_RUNS_MS = 15 * MINUTE_MS;

/** What is to be looked up of a repository now, and when next, epoch ms; `null` where nothing is. */
export function nextLookAt(
  { ticks }: Pick<RepositoryState, 'ticks'>,
  now: number,
  lookedAt: number,
): number | null {
  const times = ticks.flatMap(({ progress }) => {
    switch (progress.state) {
      case 'intent':
        return [Math.max(progress.at + ANSWERED_BY_MS, lookedAt + FIRST_LOOK_AFTER_MS)];
      case 'asked':
        // A webhook tells sooner of a run that is sure to come.
        return [
          Math.max(
            progress.at + (progress.runId === null ? FIRST_LOOK_AFTER_MS : ANSWERED_BY_MS),
            lookedAt + 3 * FIRST_LOOK_AFTER_MS,
          ),
        ];
      case 'seen':
      case 'running':
        return [lookedAt + LOOK_AFTER_RUNS_MS];
      default:
        return [];
    }
  });
  const undecided = ticks.some(isTwinUndecided) ? [now] : [];
  const all = [...times, ...undecided];
  return all.length === 0 ? null : Math.min(...all);
}

/**
 * Finds out what became of everything that was asked for and has not ended, by one listing of the repository's runs.
 * Returns the ticks that have changed.
 */
export async function settle(place: Place, state: RepositoryState): Promise<readonly ServedTick[]> {
  const unsettled = state.ticks.filter(
    (tick) => isOpen(tick) || tick.progress.state === 'seen' || tick.progress.state === 'running',
  );
  const changed: ServedTick[] = [];
  if (unsettled.length > 0) {
    const runs = await place.dispatcher.startedRuns(Math.min(...unsettled.map(listedSince)));
    changed.push(...(await settleOpen(place, state, unsettled.filter(isOpen), runs)));
    changed.push(...(await takeRuns(place, runs)));
  }
  const twins = ((await place.context.store.load(place.repositoryId))?.ticks ?? []).filter(isTwinUndecided);
  for (const tick of twins) {
    const decided = await decideTwin(place, tick);
    if (decided !== null) changed.push(decided);
  }
  return changed;
}

/** The oldest request first: of two it takes the oldest run. */
async function settleOpen(
  place: Place,
  state: RepositoryState,
  open: readonly ServedTick[],
  runs: readonly StartedRun[],
): Promise<readonly ServedTick[]> {
  const changed: ServedTick[] = [];
  const claimed = new Set(state.ticks.flatMap((tick) => servingRun(tick) ?? []));
  for (const tick of open.toSorted((one, other) => askedAt(one) - askedAt(other))) {
    const { progress } = tick;
    if (progress.state !== 'intent' && progress.state !== 'asked') continue;
    // Whoever has made the intent may still be waiting for the answer.
    if (progress.state === 'intent' && place.now() - progress.at < ANSWERED_BY_MS) continue;
    const listing = { now: place.now(), runs, claimed, appLogin: place.connected.appLogin };
    let looked: Looked = lookFor(tick, progress, listing);
    if (looked.kind === 'again') continue;
    if (looked.kind === 'ask-again') {
      const file = state.onTime?.files.find(({ path }) => path === tick.path);
      const isNets = file !== undefined && mayNetCome(file, tick.tick, place.now()) && isNetAtWork(runs);
      if (isNets && place.now() - progress.at < LOOK_FOR_MS) continue;
      const { kind } = await askAgain(place, tick);
      // Nobody may ask for it any more: the file was edited, or is held. In the end it is lost, and does not keep
      // others waiting.
      if (kind !== 'nothing' || place.now() - progress.at < LOOK_FOR_MS) continue;
      looked = { kind: 'lost' };
    }
    const seen = looked;
    const next = await changeTick(place, tickKey(tick), (now) =>
      isOpen(now) ? (afterLook(now, seen, place.now()) ?? now) : now,
    );
    if (next === null) continue;
    const runId = servingRun(next);
    if (runId !== null) claimed.add(runId);
    changed.push(next);
  }
  return changed;
}

function askedAt({ progress }: ServedTick): number {
  return 'firstAt' in progress ? progress.firstAt : 0;
}
