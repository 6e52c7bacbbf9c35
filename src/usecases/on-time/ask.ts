import { type DispatchMeaning, meaningOf, saysSuspended } from '../../on-time/answer.ts';
import { isClockInDoubt } from '../../on-time/clock-skew.ts';
import { caughtUpUntil, PROMPT_MS } from '../../on-time/due.ts';
import { type Hold, type HoldReason, holdAfter, unreadableHold } from '../../on-time/hold.ts';
import { LOOK_BACK_MS, LOOK_FOR_MS } from '../../on-time/lookup.ts';
import { isNetAtWork, mayNetCome, NET_LASTS_MS } from '../../on-time/net-at-work.ts';
import { afterAnswer, type DueTick, intend, intendAgain, skip } from '../../on-time/progress.ts';
import { isOpen, type ServedTick, tickKey } from '../../on-time/served-tick.ts';
import {
  asksTheSame,
  type OnTimeFile,
  type OnTimeState,
  whyNotServed,
  withoutHolds,
} from '../../on-time/state.ts';
import { MINUTE_MS, SECOND_MS } from '../../time.ts';
import type { RepositoryChange, RepositoryState } from '../ports.ts';
import { isRefusal } from '../unless-refused.ts';
import { servedFile } from './decide-due.ts';
import { readHead } from './heads-ahead.ts';
import { readAgain } from './read-again.ts';
import { servingModeOf } from './serving-mode.ts';
import { takeRunSince, takeRuns } from './take-runs.ts';
import {
  changeOnTime,
  dueOf,
  fileChange,
  fileOf,
  holdAll,
  holdIfSuspended,
  type RepositoryAccess,
  storeOnTime,
} from './work.ts';

/** Wait for the answer to the request for an earlier tick, up to `LOOK_FOR_MS`: runs may not be listed for hours. */
const WAIT_FOR_OTHER_MS = 15 * SECOND_MS;
/** How long a tick waits before runs are listed again, while a net is queued or in progress. */
const WAIT_FOR_NET_MS = MINUTE_MS;
/** How long a tick waits after its file was or could not be read, or while another answer has to show the time. */
const ASK_AGAIN_MS = SECOND_MS;

/** `again`: due again at that time (epoch ms). `nothing`: nothing is left to ask for. Ticks are as they were stored. */
export type AskResult =
  | { readonly kind: 'asked'; readonly tick: ServedTick }
  | { readonly kind: 'refused'; readonly tick: ServedTick }
  /** Its whole installation is suspended: nothing is asked for it until then, epoch ms. */
  | { readonly kind: 'suspended'; readonly until: number }
  | { readonly kind: 'again'; readonly at: number }
  | { readonly kind: 'nothing' };

/** A tick after GitHub's answer, and the hold that began with that; `null` for none. */
interface Stored {
  readonly tick: ServedTick;
  readonly hold: Hold | null;
}

type Answered = Exclude<DispatchMeaning, { kind: 'without-details' }>;

/**
 * Asks for the run of a due tick. First it compares the file with its head, and looks for runs of others. The intent is
 * stored before the request, by one process only. `headAhead`: the hash at the head, if read a moment ago.
 */
export async function ask(
  access: RepositoryAccess,
  due: DueTick,
  headAhead?: string | null,
): Promise<AskResult> {
  try {
    return await lookAndSend(access, due, headAhead);
  } catch (error) {
    const until = await holdIfSuspended(access, error);
    if (until === null) throw error;
    return { kind: 'suspended', until };
  }
}

async function lookAndSend(
  access: RepositoryAccess,
  due: DueTick,
  headAhead: string | null | undefined,
): Promise<AskResult> {
  const state = await access.context.store.load(access.repositoryId);
  const file = fileOf(state?.onTime, due.path);
  if (state?.onTime == null || file === undefined) return { kind: 'nothing' };
  const { appLogin } = access.connected;
  // Somebody may have paused Offbeat while the tick was queued.
  if (servingModeOf(access.context, state.profile, state.onTime, appLogin).kind !== 'serve') {
    return { kind: 'nothing' };
  }
  try {
    const again = await whenAgain(access, due, file, headAhead);
    if (again !== null) return { kind: 'again', at: again };
  } catch (error) {
    if (!isRefusal(error) || saysSuspended(error.message)) throw error;
    await holdUnreadable(access, due.path, error.message);
    // The stored hold says until when the tick waits, and may be lifted earlier.
    return { kind: 'again', at: access.now() + ASK_AGAIN_MS };
  }
  if (file.mode === 'rescue' || access.now() - due.tick > PROMPT_MS) {
    const isForNetToo = mayNetCome(file, due.tick, access.now());
    const since = due.tick - LOOK_BACK_MS;
    const runs = await access.dispatcher.startedRuns(
      isForNetToo ? Math.min(since, access.now() - NET_LASTS_MS) : since,
    );
    if (await takeRunSince(access, due, runs)) return { kind: 'nothing' };
    await takeRuns(access, runs);
    if (isForNetToo && isNetAtWork(runs)) return { kind: 'again', at: access.now() + WAIT_FOR_NET_MS };
  }
  return send(access, tickKey(due), (now, current) => claim(due, now, current, access.now()));
}

/** Reads the file anew where its head differs. Returns when the tick is due again, epoch ms; `null`: ask for it now. */
async function whenAgain(
  access: RepositoryAccess,
  due: DueTick,
  file: OnTimeFile,
  headAhead: string | null | undefined,
): Promise<number | null> {
  const isKnown = headAhead !== undefined && headAhead === file.blobSha;
  const head = isKnown ? headAhead : await readHead(access.dispatcher, due.path);
  if (isClockInDoubt(access.dispatcher.clockReadings())) return access.now() + ASK_AGAIN_MS;
  // The machine's clock may be ahead: GitHub's answer has corrected it.
  if (access.now() < due.tick) return due.tick;
  if (head === file.blobSha) return null;
  await readAgain(access);
  return access.now() + ASK_AGAIN_MS;
}

/** Holds a file that GitHub refuses to show: without its head nothing is asked for. */
async function holdUnreadable(access: RepositoryAccess, path: string, sentence: string): Promise<void> {
  const now = access.now();
  await storeOnTime(access, (onTime) => {
    const before = fileOf(onTime, path)?.hold ?? null;
    return fileChange(onTime, path, { hold: unreadableHold(path, sentence, before, now) });
  });
}

/** Asks once more where the first request has started no run: not after a newer tick was asked for, or too late. */
export function askAgain(access: RepositoryAccess, tick: ServedTick): Promise<AskResult> {
  return send(access, tickKey(tick), (now, current) => {
    const file = fileOf(current.onTime, tick.path);
    const isSame = file?.blobSha === tick.blobSha && whyNotServed(file, access.now()) === null;
    if (!isSame || access.now() > caughtUpUntil(servedFile(file), tick.tick)) return null;
    const isSuperseded = current.ticks.some(
      ({ path, tick: at, progress }) => path === tick.path && at > tick.tick && 'firstAt' in progress,
    );
    if (isSuperseded || !isOpen(now) || !('call' in now.progress) || now.progress.call !== 1) return null;
    return intendAgain(now, access.now());
  });
}

/** The intent for a tick still due; `null` where it is not, a time where it waits. Edited schedules are skipped. */
function claim(
  due: DueTick,
  now: ServedTick,
  state: RepositoryState,
  at: number,
): ServedTick | number | null {
  const file = fileOf(state.onTime, due.path);
  if (now.progress.state !== 'due' || file === undefined || whyNotServed(file, at) !== null) return null;
  const isSame =
    file.mode === due.mode &&
    file.crons.some(({ cron, timezone }) => cron === due.cron && timezone === due.timezone);
  if (!isSame)
    return skip(due, at, 'held', { sentence: 'The schedule was edited before its tick was served.' });
  const isOtherOpen = state.ticks.some(
    ({ path, progress }) => path === due.path && 'call' in progress && at - progress.at < LOOK_FOR_MS,
  );
  return isOtherOpen ? at + WAIT_FOR_OTHER_MS : intend({ ...due, blobSha: file.blobSha }, at);
}

/** Stores the intent, sends the request once, and stores the tick after the answer. */
async function send(
  access: RepositoryAccess,
  key: string,
  decide: (tick: ServedTick, state: RepositoryState) => ServedTick | number | null,
): Promise<AskResult> {
  // A crash between intent and request leaves a tick in doubt: waits come before the intent, to keep that time short.
  await access.connected.writeTurn?.();
  const claimed = await changeOnTime(access, (_onTime, state) => {
    const tick = state.ticks.find((one) => tickKey(one) === key);
    const intent = tick === undefined ? null : decide(tick, state);
    const change = typeof intent === 'object' && intent !== null ? { ticks: [intent] } : null;
    return { change, value: { intent, file: fileOf(state.onTime, tick?.path ?? ''), state } };
  });
  if (claimed === null || claimed.intent === null || claimed.file === undefined) return { kind: 'nothing' };
  if (typeof claimed.intent === 'number') return { kind: 'again', at: claimed.intent };
  if (claimed.intent.progress.state !== 'intent') return { kind: 'nothing' };
  const asked = claimed.file;
  const meaning = await dispatch(access, asked, claimed.state.profile.defaultBranch);
  const at = access.now();
  const stored = await changeOnTime<Stored | null>(access, (onTime, state) => {
    const tick = state.ticks.find((one) => tickKey(one) === key);
    // A look at the list of runs may have found the run meanwhile.
    if (tick === undefined || tick.progress.state !== 'intent') {
      return { change: null, value: tick === undefined ? null : { tick, hold: null } };
    }
    const { change, ...value } = afterMeaning(onTime, tick, asked, meaning, at);
    return { change, value };
  });
  if (stored === null) return { kind: 'nothing' };
  const { tick, hold } = stored;
  if (hold?.why === 'suspended') return { kind: 'suspended', until: hold.until };
  if (meaning.kind === 'refused') return { kind: 'refused', tick };
  return meaning.kind === 'not-sent' && tick.progress.state === 'due'
    ? { kind: 'again', at: at + meaning.waitMs }
    : { kind: 'asked', tick };
}

async function dispatch(
  { dispatcher }: RepositoryAccess,
  { path, inputs }: OnTimeFile,
  ref: string,
): Promise<Answered> {
  const meaning = meaningOf(await dispatcher.dispatch({ path, ref, inputs, withDetails: true }));
  if (meaning.kind !== 'without-details') return meaning;
  const second = meaningOf(await dispatcher.dispatch({ path, ref, inputs, withDetails: false }));
  return second.kind === 'without-details' ? { kind: 'not-known' } : second;
}

/**
 * The change after GitHub's answer to a request for `asked`. Where the file was read anew meanwhile and another request
 * would be sent now, the answer says nothing of that: no hold, and the tick stays due.
 */
function afterMeaning(
  onTime: OnTimeState,
  tick: ServedTick,
  asked: OnTimeFile,
  meaning: Answered,
  at: number,
): Stored & { readonly change: RepositoryChange } {
  const next = afterAnswer(tick, meaning);
  const withoutHold = { change: { ticks: [next] }, tick: next, hold: null };
  const { path } = tick;
  const current = fileOf(onTime, path);
  const isSame = current !== undefined && asksTheSame(current, asked);
  if (meaning.kind === 'started' && isSame) {
    // It shows that Actions are on, and that the App is not suspended.
    const lifted = withoutHolds(onTime, ({ why }) => HOLDS_ALL.has(why)) ?? onTime;
    const change = { ticks: [next], ...fileChange(lifted, path, { hold: null }) };
    return { ...withoutHold, change };
  }
  if (meaning.kind !== 'refused') return withoutHold;
  const before = current?.hold ?? null;
  // The file at the head has the trigger: else it would not have been asked for.
  const hold = holdAfter(meaning, before, { now: at, hasTrigger: true });
  if (!isSame && !HOLDS_ALL.has(hold.why)) return withoutHold;
  const isFinal = hold.why === 'refused' && next.progress.state === 'due';
  const after = isFinal ? skip(dueOf(next), at, 'refused', { sentence: hold.sentence }) : next;
  const held = HOLDS_ALL.has(hold.why)
    ? holdAll(onTime, hold, before, at)
    : fileChange(onTime, path, { hold });
  return { change: { ticks: [after], ...held }, tick: after, hold };
}

/** Holds that apply to all workflows of a repository. */
const HOLDS_ALL: ReadonlySet<HoldReason> = new Set(['actions-off', 'suspended']);
