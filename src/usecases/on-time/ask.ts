import { type DispatchMeaning, meaningOf } from '../../on-time/answer.ts';
import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import { PROMPT_MS } from '../../on-time/due.ts';
import { type Hold, type HoldReason, holdAfter } from '../../on-time/hold.ts';
import { LOOK_BACK_MS } from '../../on-time/lookup.ts';
import { isNetAtWork, mayNetCome, NET_LASTS_MS } from '../../on-time/net-at-work.ts';
import { afterAnswer, type DueTick, intend, intendAgain, skip } from '../../on-time/progress.ts';
import { isOpen, type ServedTick, tickKey } from '../../on-time/served-tick.ts';
import { type OnTimeFile, type OnTimeState, whyNotServed } from '../../on-time/state.ts';
import { audited } from '../../proposal/audit.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../time.ts';
import type { RepositoryChange, RepositoryState } from '../ports.ts';
import { takeRunSince } from './place-run.ts';
import { readAgain } from './read-again.ts';
import { readHead } from './read-head.ts';
import { standingOf } from './standing.ts';
import { takeRuns } from './take-runs.ts';
import { changeOnTime, fileChange, type Place } from './work.ts';

/** A request that the answer to an earlier one of its file is not known of waits so long. */
const WAIT_FOR_OTHER_MS = 15 * SECOND_MS;
/** A net that is at work is looked at again so often. */
const WAIT_FOR_NET_MS = MINUTE_MS;
/** What GitHub has just said may change with its next answer: of a file that was read anew, of the time. */
const READ_AGAIN_MS = SECOND_MS;

/**
 * What became of a tick in line. `again`: it is due again at that time, epoch ms. `nothing`: nobody has to ask any
 * more. `asked` and `refused` come with the tick.
 */
export type Asked =
  | { readonly kind: 'asked'; readonly tick: ServedTick }
  /**
   * `pausedUntil`: nothing of its installation is asked for before, epoch ms; `null` where only this file was refused.
   */
  | { readonly kind: 'refused'; readonly tick: ServedTick; readonly pausedUntil: number | null }
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'nothing' };

/** A suspended installation is asked for again then. */
const SUSPENDED_MS = HOUR_MS;

type Answered = Exclude<DispatchMeaning, { kind: 'without-details' }>;

/**
 * Asks for the run of a tick that was admitted as due. Before that the file is compared with the head of its branch,
 * and where others may have come before, the runs are listed. The intent is durable when the request is sent, and only
 * one process makes it. `headAhead` is the head's hash of the file where it was read a moment ago.
 */
export async function ask(place: Place, due: DueTick, headAhead?: string | null): Promise<Asked> {
  const state = await place.context.store.load(place.repositoryId);
  const file = state?.onTime?.files.find(({ path }) => path === due.path);
  if (state?.onTime == null || file === undefined) return { kind: 'nothing' };
  const { appLogin } = place.connected;
  // Somebody may have stopped everything while it stood in line.
  if (standingOf(place.context, state.profile, state.onTime, appLogin).kind !== 'serve') {
    return { kind: 'nothing' };
  }
  const isKnown = headAhead !== undefined && headAhead === file.blobSha;
  const head = isKnown ? headAhead : await readHead(place.dispatcher, due.path);
  if (isClockInDoubt(place.dispatcher.clockReadings()))
    return { kind: 'again', at: place.now() + READ_AGAIN_MS };
  // The machine's clock may have been set ahead: GitHub's answer tells.
  if (place.now() < due.tick) return { kind: 'again', at: due.tick };
  if (head !== file.blobSha) {
    await readAgain(place);
    return { kind: 'again', at: place.now() + READ_AGAIN_MS };
  }
  if (file.mode === 'rescue' || place.now() - due.tick > PROMPT_MS) {
    const isForNetToo = mayNetCome(file, due.tick, place.now());
    const since = due.tick - LOOK_BACK_MS;
    const runs = await place.dispatcher.startedRuns(
      isForNetToo ? Math.min(since, place.now() - NET_LASTS_MS) : since,
    );
    if (await takeRunSince(place, due, runs)) return { kind: 'nothing' };
    await takeRuns(place, runs);
    if (isForNetToo && isNetAtWork(runs)) return { kind: 'again', at: place.now() + WAIT_FOR_NET_MS };
  }
  return send(place, tickKey(due), (now, current) => claim(due, now, current, place.now()));
}

/** Asks once more where the lists show that the first request has started nothing. */
export function askAgain(place: Place, tick: ServedTick): Promise<Asked> {
  return send(place, tickKey(tick), (now, current) => {
    const file = fileOf(current, tick.path);
    const isSame = file?.blobSha === tick.blobSha && whyNotServed(file, place.now()) === null;
    if (!isSame || !isOpen(now) || !('call' in now.progress) || now.progress.call !== 1) return null;
    return intendAgain(now, place.now());
  });
}

/**
 * The intent for a tick that is still due; `null` where it is not, and a time where it has to wait. An edit drops the
 * tick.
 */
function claim(
  due: DueTick,
  now: ServedTick,
  state: RepositoryState,
  at: number,
): ServedTick | number | null {
  const file = fileOf(state, due.path);
  if (now.progress.state !== 'due' || file === undefined || whyNotServed(file, at) !== null) return null;
  const isSame =
    file.mode === due.mode &&
    file.crons.some(({ cron, timezone }) => cron === due.cron && timezone === due.timezone);
  if (!isSame)
    return skip(due, at, 'held', { sentence: 'The schedule was edited before its tick was served.' });
  const other = state.ticks.some((tick) => tick.path === due.path && isOpen(tick));
  return other ? at + WAIT_FOR_OTHER_MS : intend({ ...due, blobSha: file.blobSha }, at);
}

/** Makes the intent durable, sends the request once, and keeps what the answer means. */
async function send(
  place: Place,
  key: string,
  decide: (tick: ServedTick, state: RepositoryState) => ServedTick | number | null,
): Promise<Asked> {
  // Whoever dies between intent and request leaves a tick of which nobody knows: as short as can be.
  await place.connected.writeTurn?.();
  const claimed = await changeOnTime(place, (_onTime, state) => {
    const tick = state.ticks.find((one) => tickKey(one) === key);
    const intent = tick === undefined ? null : decide(tick, state);
    const change = typeof intent === 'object' && intent !== null ? { ticks: [intent] } : null;
    return { change, value: { intent, file: fileOf(state, tick?.path ?? ''), state } };
  });
  if (claimed === null || claimed.intent === null || claimed.file === undefined) return { kind: 'nothing' };
  if (typeof claimed.intent === 'number') return { kind: 'again', at: claimed.intent };
  if (claimed.intent.progress.state !== 'intent') return { kind: 'nothing' };
  const meaning = await dispatch(place, claimed.file, claimed.state.profile.defaultBranch);
  const at = place.now();
  const told = await changeOnTime(place, (onTime, state) => {
    const tick = state.ticks.find((one) => tickKey(one) === key);
    // Somebody who looked for the run meanwhile may have found it.
    if (tick === undefined || tick.progress.state !== 'intent') return { change: null, value: tick ?? null };
    const { change, tick: next } = afterMeaning(onTime, tick, meaning, at);
    return { change, value: next };
  });
  if (told === null) return { kind: 'nothing' };
  if (meaning.kind === 'refused') {
    return {
      kind: 'refused',
      tick: told,
      pausedUntil: meaning.why === 'suspended' ? at + SUSPENDED_MS : null,
    };
  }
  return meaning.kind === 'not-sent' && told.progress.state === 'due'
    ? { kind: 'again', at: at + meaning.waitMs }
    : { kind: 'asked', tick: told };
}

async function dispatch({ dispatcher }: Place, { path, inputs }: OnTimeFile, ref: string): Promise<Answered> {
  const meaning = meaningOf(await dispatcher.dispatch({ path, ref, inputs, withDetails: true }));
  if (meaning.kind !== 'without-details') return meaning;
  const second = meaningOf(await dispatcher.dispatch({ path, ref, inputs, withDetails: false }));
  return second.kind === 'without-details' ? { kind: 'not-known' } : second;
}

function afterMeaning(
  onTime: OnTimeState,
  tick: ServedTick,
  meaning: Answered,
  at: number,
): { readonly change: RepositoryChange; readonly tick: ServedTick } {
  const next = afterAnswer(tick, meaning);
  const { path } = tick;
  if (meaning.kind === 'started') {
    return {
      change: { ticks: [next], ...fileChange(onTime, path, (file) => ({ ...file, hold: null })) },
      tick: next,
    };
  }
  if (meaning.kind !== 'refused') return { change: { ticks: [next] }, tick: next };
  const before = onTime.files.find((file) => file.path === path)?.hold ?? null;
  // The file at the head has the trigger: else it would not have been asked for.
  const hold = holdAfter(meaning, before, { now: at, hasTrigger: true });
  const isFinal = hold.why === 'refused' && next.progress.state === 'due';
  const files = HOLDS_ALL.has(hold.why) ? onTime.files.map((file) => ({ ...file, hold })) : null;
  const isNew = files !== null && before?.why !== hold.why;
  const told = isFinal ? skip(dueOf(next), at, 'refused', { sentence: hold.sentence }) : next;
  return {
    change: {
      ticks: [told],
      ...(files === null
        ? fileChange(onTime, path, (file) => ({ ...file, hold }))
        : { onTime: { ...onTime, files } }),
      ...(isNew ? { auditEvents: [audited('alarm', at, null, pausedSentence(hold))] } : {}),
    },
    tick: told,
  };
}

/** What holds for all workflows of a repository. */
const HOLDS_ALL: ReadonlySet<HoldReason> = new Set(['actions-off', 'suspended']);

function pausedSentence({ sentence }: Hold): string {
  return `No workflow is started on time until that is changed: ${sentence}`;
}

function dueOf({ progress: _progress, twin: _twin, ...due }: ServedTick): DueTick {
  return due;
}

function fileOf({ onTime }: RepositoryState, path: string): OnTimeFile | undefined {
  return onTime?.files.find((file) => file.path === path);
}
