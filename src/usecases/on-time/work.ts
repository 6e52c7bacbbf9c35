import type { KeyedMutex } from '../../keyed-mutex.ts';
import { clockCorrectionMs } from '../../on-time/clock-skew.ts';
import { type ServedTick, tickKey } from '../../on-time/served-tick.ts';
import type { OnTimeFile, OnTimeState } from '../../on-time/state.ts';
import { audited } from '../../proposal/audit.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository, RepositoryChange, RepositoryState, RunDispatcher } from '../ports.ts';

/** What one process serves ticks with. */
export interface OnTimeWork {
  /** For each piece of work anew: the operator may have stopped everything meanwhile. */
  readonly context: () => Promise<Context>;
  /** Changes of one repository's ticks one at a time; where another process was quicker, the work is done again. */
  readonly change: KeyedMutex;
}

/** One repository, as the work on its ticks sees it. */
export interface Place {
  readonly work: OnTimeWork;
  readonly context: Context;
  readonly repositoryId: number;
  readonly installationId: number;
  readonly connected: ConnectedRepository;
  readonly dispatcher: RunDispatcher;
  /** By GitHub's clock, epoch ms. */
  now(): number;
}

/** Goes to a repository; `null` where this process starts no workflows there. */
export async function goTo(
  work: OnTimeWork,
  context: Context,
  { profile }: Pick<RepositoryState, 'profile'>,
): Promise<Place | null> {
  const connected = await context.github.connect(profile);
  const dispatcher = connected.dispatcher ?? null;
  if (dispatcher === null) return null;
  return {
    work,
    context,
    repositoryId: profile.id,
    installationId: profile.installationId,
    connected,
    dispatcher,
    now: () => context.clock.now() + clockCorrectionMs(dispatcher.clockReadings()),
  };
}

/**
 * Changes ticks and files of a repository by what stands there now, as one change; what `decide` returns besides is
 * handed back. It may be asked several times, and has no other effects.
 */
export function changeOnTime<T>(
  { work, context, repositoryId }: Pick<Place, 'work' | 'context' | 'repositoryId'>,
  decide: (
    onTime: OnTimeState,
    state: RepositoryState,
  ) => { readonly change: RepositoryChange | null; readonly value: T },
): Promise<T | null> {
  return work.change(repositoryId, async () => {
    const state = await context.store.load(repositoryId);
    if (state === undefined || state.onTime === null) return null;
    const { change, value } = decide(state.onTime, state);
    if (change !== null) await context.store.apply(repositoryId, { onTimeBefore: state.onTime, ...change });
    return value;
  });
}

/** Changes one tick, unless it is gone or `decide` returns what it was given. Returns what stands there afterwards. */
export function changeTick(
  place: Pick<Place, 'work' | 'context' | 'repositoryId'>,
  key: string,
  decide: (tick: ServedTick, state: RepositoryState) => ServedTick,
): Promise<ServedTick | null> {
  return changeOnTime(place, (_onTime, state) => {
    const tick = state.ticks.find((one) => tickKey(one) === key);
    if (tick === undefined) return { change: null, value: null };
    const next = decide(tick, state);
    return { change: next === tick ? null : { ticks: [next] }, value: next };
  });
}

/** The change of one file, with what is said of it in the record of the repository. */
export function fileChange(
  onTime: OnTimeState,
  path: string,
  update: (file: OnTimeFile) => OnTimeFile,
  told: { readonly at: number; readonly what: string } | null = null,
): RepositoryChange {
  return {
    onTime: {
      ...onTime,
      files: onTime.files.map((file) => (file.path === path ? update(file) : file)),
    },
    ...(told === null ? {} : { auditEvents: [audited('alarm', told.at, null, told.what)] }),
  };
}
