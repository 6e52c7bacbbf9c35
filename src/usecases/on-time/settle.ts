import { LOOK_FOR_MS, type LookupResult, lookFor } from '../../on-time/lookup.ts';
import { isNetAtWork, mayNetCome } from '../../on-time/net-at-work.ts';
import { afterLook } from '../../on-time/progress.ts';
import { isOpen, type ServedTick, servingRun, tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { isTwinUndecided } from '../../on-time/twins.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../time.ts';
import type { RepositoryState } from '../ports.ts';
import { askAgain } from './ask.ts';
import { decideTwin, listedSince, runSince, takeRuns } from './take-runs.ts';
import { changeTick, fileOf, type RepositoryAccess } from './work.ts';

/** A request that was sent is answered, or given up, by then. */
const ANSWERED_BY_MS = 30 * SECOND_MS;
const FIRST_LOOK_AFTER_MS = 5 * SECOND_MS;
/** Webhooks report runs at once; this look finds runs whose webhooks were lost. */
const LOOK_AFTER_RUNS_MS = 15 * MINUTE_MS;
/**
 * So long a run is looked for in lists. A longer one waits for a person, and its webhook tells of its end: a list since
 * then may be longer than GitHub shows, and would keep all other ticks from being looked at.
 */
const LISTED_FOR_MS = 2 * DAY_MS;

/** When runs of the repository, or a twin's fate, have to be looked up next, epoch ms; `null` where nothing has. */
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
        // The answer has named the run, so its webhook will most likely come first.
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

/** Updates every asked tick that has not ended by one list of runs, decides on twins, and returns those changed. */
export async function settle(
  access: RepositoryAccess,
  state: RepositoryState,
): Promise<readonly ServedTick[]> {
  const unsettled = state.ticks.filter((tick) => isOpen(tick) || isListed(tick, access.now()));
  const changed: ServedTick[] = [];
  if (unsettled.length > 0) {
    const runs = await access.dispatcher.startedRuns(Math.min(...unsettled.map(listedSince)));
    // Runs in the list are already linked to their request.
    const current = (await access.context.store.load(access.repositoryId)) ?? state;
    changed.push(...(await settleOpen(access, current, unsettled.filter(isOpen), runs)));
    changed.push(...(await takeRuns(access, runs)));
  }
  const twins = ((await access.context.store.load(access.repositoryId))?.ticks ?? []).filter(isTwinUndecided);
  for (const tick of twins) {
    const decided = await decideTwin(access, tick);
    if (decided !== null) changed.push(decided);
  }
  return changed;
}

function isListed(tick: ServedTick, now: number): boolean {
  const { state } = tick.progress;
  return (state === 'seen' || state === 'running') && listedSince(tick) > now - LISTED_FOR_MS;
}

/** Looks for the runs of open requests, oldest request first: that one gets the oldest run. */
async function settleOpen(
  access: RepositoryAccess,
  state: RepositoryState,
  open: readonly ServedTick[],
  runs: readonly StartedRun[],
): Promise<readonly ServedTick[]> {
  const changed: ServedTick[] = [];
  const claimed = new Set(state.ticks.flatMap((tick) => servingRun(tick) ?? []));
  for (const tick of open.toSorted((one, other) => askedAt(one) - askedAt(other))) {
    const { progress } = tick;
    if (progress.state !== 'intent' && progress.state !== 'asked') continue;
    // The process that has stored the intent may still wait for the answer.
    if (progress.state === 'intent' && access.now() - progress.at < ANSWERED_BY_MS) continue;
    const listing = {
      now: access.now(),
      runs,
      claimed,
      nextAskedAt: nextAskedAt(state.ticks, tick),
      appLogin: access.connected.appLogin,
    };
    let looked: LookupResult = lookFor(tick, progress, listing);
    if (looked.kind === 'again') continue;
    if (looked.kind === 'ask-again') {
      const file = fileOf(state.onTime, tick.path);
      const isNets = file !== undefined && mayNetCome(file, tick.tick, access.now()) && isNetAtWork(runs);
      const other = runSince(state, tick, runs, access.connected.appLogin);
      // GitHub's own run may be that of an earlier tick.
      const isServed = other !== null && other.server !== 'github';
      if ((isNets || isServed) && access.now() - progress.at < LOOK_FOR_MS) continue;
      // Once the tick is lost, the run that another has started serves it.
      const { kind } = isServed ? ({ kind: 'nothing' } as const) : await askAgain(access, tick);
      // A second request is not allowed any more: the file was edited or is held, or it is too late. After a while the
      // tick is lost, so that it does not hold up other ticks.
      if (kind !== 'nothing' || access.now() - progress.at < LOOK_FOR_MS) continue;
      looked = { kind: 'lost' };
    }
    const seen = looked;
    const next = await changeTick(access, tickKey(tick), (now) =>
      isOpen(now) ? (afterLook(now, seen, access.now()) ?? now) : now,
    );
    if (next === null) continue;
    const runId = servingRun(next);
    if (runId !== null) claimed.add(runId);
    changed.push(next);
  }
  return changed;
}

/** When another tick of the file was first asked for after this one, epoch ms; `null` where none was. */
function nextAskedAt(ticks: readonly ServedTick[], tick: ServedTick): number | null {
  const later = ticks
    .filter(({ path, progress }) => path === tick.path && 'firstAt' in progress)
    .map(askedAt)
    .filter((at) => at > askedAt(tick));
  return later.length === 0 ? null : Math.min(...later);
}

function askedAt({ progress }: ServedTick): number {
  return 'firstAt' in progress ? progress.firstAt : 0;
}
