import type { KeyedMutex } from '../../keyed-mutex.ts';
import { saysSuspended } from '../../on-time/answer.ts';
import { type Hold, holdAfter } from '../../on-time/hold.ts';
import type { DueTick } from '../../on-time/progress.ts';
import { type ServedTick, tickKey } from '../../on-time/served-tick.ts';
import type { OnTimeFile, OnTimeState } from '../../on-time/state.ts';
import { audited } from '../../proposal/audit.ts';
import type { Context } from '../context.ts';
import type { ConnectedRepository, RepositoryChange, RepositoryState, RunDispatcher } from '../ports.ts';
import { isRefusal } from '../unless-refused.ts';
import { gitHubNow } from './github-now.ts';

/** What a process needs to serve ticks. */
export interface OnTimeWork {
  /** Asked for anew by each piece of work: the operator may have stopped Offbeat meanwhile. */
  readonly context: () => Promise<Context>;
  /** Changes the ticks of a repository one change at a time. */
  readonly change: KeyedMutex;
}

/** One repository with its connections, for work on its ticks. */
export interface RepositoryAccess {
  readonly work: OnTimeWork;
  readonly context: Context;
  readonly repositoryId: number;
  readonly installationId: number;
  readonly connected: ConnectedRepository;
  readonly dispatcher: RunDispatcher;
  /** The time by GitHub's clock, epoch ms. */
  now(): number;
}

/** Connects to a repository; `null` where this process cannot start workflows there. */
export async function openRepository(
  work: OnTimeWork,
  context: Context,
  { profile }: Pick<RepositoryState, 'profile'>,
): Promise<RepositoryAccess | null> {
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
    now: () => gitHubNow(context, dispatcher),
  };
}

/**
 * Applies the change that `decide`, which must have no other effects, returns for the stored state, as one write.
 * Returns its `value`; `null` where the repository has no state.
 */
export function changeOnTime<T>(
  { work, context, repositoryId }: Pick<RepositoryAccess, 'work' | 'context' | 'repositoryId'>,
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

/** Applies the change that `decide` returns, as `changeOnTime` does; `null` for none. */
export async function storeOnTime(
  access: Pick<RepositoryAccess, 'work' | 'context' | 'repositoryId'>,
  decide: (onTime: OnTimeState, state: RepositoryState) => RepositoryChange | null,
): Promise<void> {
  await changeOnTime(access, (onTime, state) => ({ change: decide(onTime, state), value: null }));
}

/** Stores the tick that `decide` returns, where it differs. Returns the tick then; `null` where there is none. */
export function changeTick(
  access: Pick<RepositoryAccess, 'work' | 'context' | 'repositoryId'>,
  key: string,
  decide: (tick: ServedTick, state: RepositoryState) => ServedTick,
): Promise<ServedTick | null> {
  return changeOnTime(access, (_onTime, state) => {
    const tick = state.ticks.find((one) => tickKey(one) === key);
    if (tick === undefined) return { change: null, value: null };
    const next = decide(tick, state);
    return { change: next === tick ? null : { ticks: [next] }, value: next };
  });
}

export function fileOf(onTime: OnTimeState | null | undefined, path: string): OnTimeFile | undefined {
  return onTime?.files.find((file) => file.path === path);
}

/** A tick as it was when it came due. */
export function dueOf({ progress: _progress, twin: _twin, ...due }: ServedTick): DueTick {
  return due;
}

/** The change of one file, with an audit event where `alarm` is given. */
export function fileChange(
  onTime: OnTimeState,
  path: string,
  fields: Partial<OnTimeFile>,
  alarm: { readonly at: number; readonly what: string } | null = null,
): RepositoryChange {
  return {
    onTime: {
      ...onTime,
      files: onTime.files.map((file) => (file.path === path ? { ...file, ...fields } : file)),
    },
    ...(alarm === null ? {} : { auditEvents: [audited('alarm', alarm.at, null, alarm.what)] }),
  };
}

/** Holds all workflows where GitHub has refused a read as the installation is suspended. Until when; else `null`. */
export async function holdIfSuspended(access: RepositoryAccess, error: unknown): Promise<number | null> {
  if (!isRefusal(error) || !saysSuspended(error.message)) return null;
  const sentence = error.message;
  const now = access.now();
  const until = await changeOnTime(access, (onTime) => {
    const before = onTime.files.find(({ hold }) => hold?.why === 'suspended')?.hold ?? null;
    const hold = holdAfter({ why: 'suspended', sentence }, before, { now, hasTrigger: true });
    return { change: holdAll(onTime, hold, before, now), value: hold.until };
  });
  return until ?? now;
}

/** The change that holds all workflows of a repository. The first of several such holds in a row goes on record. */
export function holdAll(onTime: OnTimeState, hold: Hold, before: Hold | null, at: number): RepositoryChange {
  const what = `No workflow is started on time until that is changed: ${hold.sentence}`;
  return {
    onTime: { ...onTime, files: onTime.files.map((file) => ({ ...file, hold })) },
    ...(before?.why === hold.why ? {} : { auditEvents: [audited('alarm', at, null, what)] }),
  };
}

/** Until when nothing is asked of GitHub as the installation is suspended, epoch ms; `null` where it is not. */
export function suspendedUntil({ files }: OnTimeState, now: number): number | null {
  const holds = files.flatMap(({ hold }) =>
    hold?.why === 'suspended' && now < hold.until ? hold.until : [],
  );
  return holds.length === 0 ? null : Math.max(...holds);
}
