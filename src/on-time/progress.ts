import { isDeepStrictEqual } from 'node:util';
import { succeeded } from '../history/run.ts';
import type { DispatchMeaning } from './answer.ts';
import type { LookupResult } from './lookup.ts';
import { isOpen, type ServedTick, type SkipReason, type TickProgress } from './served-tick.ts';
import type { StartedRun } from './started-run.ts';

/** A tick to serve, without its progress. */
export type DueTick = Omit<ServedTick, 'progress' | 'twin'>;

/** The intent to ask for a run. It has to be stored before the request is sent. */
export function intend(due: DueTick, now: number): ServedTick {
  return { ...due, twin: null, progress: { state: 'intent', firstAt: now, at: now, call: 1 } };
}

/** The intent to ask once more, where `lookFor` allows it. Throws a `RangeError` for a tick in another state. */
export function intendAgain(tick: ServedTick, now: number): ServedTick {
  const { progress } = tick;
  if (!isOpen(tick) || !('call' in progress) || progress.call !== 1) throw notIn(tick, 'asked once');
  return { ...tick, progress: { state: 'intent', firstAt: progress.firstAt, at: now, call: 2 } };
}

/** The tick after GitHub's answer, `due` where no run was started. Throws a `RangeError` where none is asked. */
export function afterAnswer(
  tick: ServedTick,
  meaning: Exclude<DispatchMeaning, { kind: 'without-details' }>,
): ServedTick {
  const { progress } = tick;
  if (progress.state !== 'intent') throw notIn(tick, 'intent');
  const { firstAt, at, call } = progress;
  const asked = (answer: 'accepted' | 'unknown', runId: number | null = null): ServedTick => ({
    ...tick,
    progress: { state: 'asked', firstAt, at, call, answer, runId },
  });
  switch (meaning.kind) {
    case 'started':
      return asked('accepted', meaning.runId);
    case 'not-known':
      return asked('unknown');
    case 'not-sent':
    case 'refused':
      // It is still not known whether the first request has started a run.
      return call === 2 ? asked('unknown') : { ...tick, progress: { state: 'due' } };
  }
}

/** The tick after it was looked for; `null` where nothing has changed, and for `ask-again`, which needs an intent. */
export function afterLook(tick: ServedTick, looked: LookupResult, now: number): ServedTick | null {
  const { progress } = tick;
  if (!isOpen(tick) || !('call' in progress)) throw notIn(tick, 'open');
  switch (looked.kind) {
    case 'found':
      return { ...tick, progress: progressOf(looked.run, progress.firstAt) };
    case 'lost':
      return { ...tick, progress: { state: 'lost', firstAt: progress.firstAt, at: now } };
    case 'again':
    case 'ask-again':
      return null;
  }
}

/**
 * The tick after news of its own run. News may arrive in any order: an older attempt changes nothing, and an attempt
 * that has ended does not run again.
 */
export function afterRun(tick: ServedTick, run: StartedRun): ServedTick {
  const { progress } = tick;
  if (!('attempt' in progress) || progress.runId !== run.id || run.attempt < progress.attempt) return tick;
  const next = progressOf(run, progress.firstAt);
  const isOlder = run.attempt === progress.attempt && RANK[next.state] < RANK[progress.state];
  // The same news is sent again until it was stored.
  return isOlder || isDeepStrictEqual(next, progress) ? tick : { ...tick, progress: next };
}

/** The tick with its run found: also a run that is listed after the tick was taken for lost. */
export function afterFound(tick: ServedTick, run: StartedRun): ServedTick {
  const { progress } = tick;
  if (progress.state !== 'lost' && !isOpen(tick)) throw notIn(tick, 'lost or open');
  return 'firstAt' in progress ? { ...tick, progress: progressOf(run, progress.firstAt) } : tick;
}

/** A tick for which Offbeat asks for no run. `run` is the run of another that serves it. */
export function skip(
  due: DueTick,
  now: number,
  why: SkipReason,
  {
    sentence = '',
    run = null,
  }: { readonly sentence?: string; readonly run?: Pick<StartedRun, 'id' | 'createdAt'> | null } = {},
): ServedTick {
  const progress: TickProgress = {
    state: 'skipped',
    at: now,
    why,
    sentence,
    runId: run?.id ?? null,
    createdAt: run?.createdAt ?? null,
  };
  return { ...due, twin: null, progress };
}

const RANK = { seen: 0, running: 1, done: 2, failed: 2 } as const;
type OwnRunProgress = Extract<TickProgress, { state: keyof typeof RANK }>;

function progressOf(run: StartedRun, firstAt: number): OwnRunProgress {
  const own = { firstAt, runId: run.id, createdAt: run.createdAt, attempt: run.attempt };
  switch (run.state) {
    case 'waiting':
      return { state: 'seen', ...own };
    case 'running':
      return { state: 'running', ...own };
    case 'ended': {
      const endedAt = run.endedAt ?? run.createdAt;
      // A run that its own conditions skipped has done what it should.
      return succeeded(run.conclusion) === true || run.conclusion === 'skipped'
        ? { state: 'done', ...own, endedAt }
        : { state: 'failed', ...own, endedAt, conclusion: run.conclusion };
    }
  }
}

function notIn({ path, tick, progress }: ServedTick, wanted: string): RangeError {
  return new RangeError(`Tick ${tick} of ${path} is ${progress.state}, not ${wanted}.`);
}
