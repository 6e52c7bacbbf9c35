import { bulkhead } from 'cockatiel';
import { OffbeatError } from '../../errors.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import { compareQueuedTicks, laterThanAMinute, type QueuedTick } from '../../on-time/order.ts';
import { tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { heldOff } from '../../proposal/refusal-records.ts';
import { MINUTE_MS, SECOND_MS } from '../../time.ts';
import { isRefusal, recordRefusal } from '../unless-refused.ts';
import { ask } from './ask.ts';
import { followFile } from './follow-file.ts';
import { createHeadsAhead, HEAD_AHEAD_MS } from './heads-ahead.ts';
import { RefusedReads } from './refused-reads.ts';
import { type Due, noteOnTimeRun, ON_TIME_READS, visitRepository } from './visit-repository.ts';
import type { OnTimeWork, RepositoryAccess } from './work.ts';

/** How often the dispatcher looks for new or left repositories. Its caller has to wake it as often. */
export const LOOK_ROUND_MS = MINUTE_MS;
/** Wait after a visit, or a request, that failed. */
const TRY_AGAIN_MS = 15 * SECOND_MS;
/** Repositories visited at once: each visit waits for the store, and some for GitHub. */
const MOST_VISITS = 16;

/** Starts workflows on time, for as long as it is woken. */
export interface OnTimeDispatcher {
  /** Begins everything that is due, and says by `wakeAt` when it wants to be woken next. */
  wake(): void;
  /** Takes news of a run from a webhook. */
  note(repositoryId: number, run: StartedRun): void;
  /** Says that a repository has changed: it is visited at the next `wake`. */
  touch(repositoryId: number): void;
  /** Resolves when no visit and no request is in progress. */
  idle(): Promise<void>;
  /** Begins nothing new; resolves when visits and requests have ended. The next start finds ticks that still wait. */
  stop(): Promise<void>;
}

interface Waiting extends QueuedTick {
  readonly access: RepositoryAccess;
}

/**
 * Serves the ticks of all repositories that one process knows. Ticks to ask for wait in the queue of their
 * installation, which sends one request after the other, the earliest deadline first. Times are the machine's, epoch
 * ms; it has to be woken at each time that `wakeMachineAt` is called with.
 */
export function createOnTimeDispatcher(
  work: OnTimeWork,
  machineNow: () => number,
  wakeMachineAt: (at: number) => void,
): OnTimeDispatcher {
  /** By how much GitHub's clock is ahead of the machine's; all times below are GitHub's. */
  let aheadMs = 0;
  /** The repository that was visited last. Its `now` is GitHub's time, by GitHub's answers to any repository. */
  let timed: Pick<RepositoryAccess, 'context' | 'now'> | null = null;
  const now = (): number => machineNow() + aheadMs;
  const wakeAt = (at: number): void => wakeMachineAt(at - aheadMs);
  /** When each repository is to be visited. */
  const agenda = new Map<number, number>();
  /** When the runs of each visited repository were last listed. */
  const lookedAt = new Map<number, number>();
  /** When the files of each repository were read, as of the last look round. It is visited when they were read anew. */
  const readAt = new Map<number, number | null>();
  /** Ticks that may not be asked for before this time, epoch ms. */
  const notBefore = new Map<string, number>();
  /** Suspended installations: until when (epoch ms) none of their ticks is asked for. */
  const paused = new Map<number, number>();
  const refused = new RefusedReads();
  const lines = new Map<number, Map<string, Waiting>>();
  const heads = createHeadsAhead();
  const sending = new Set<number>();
  let isStopped = false;
  const alone = createKeyedMutex();
  const visits = bulkhead(MOST_VISITS, Number.POSITIVE_INFINITY);
  const underWay = new Set<Promise<unknown>>();
  let lookedRoundAt = Number.NEGATIVE_INFINITY;

  /** Follows GitHub's clock. Logs when the machine's clock begins to differ from it, and when it agrees again. */
  const keepTime = (access: Pick<RepositoryAccess, 'context' | 'now'>): void => {
    timed = access;
    const ahead = access.now() - machineNow();
    const hasChanged = Math.abs(ahead - aheadMs) > SECOND_MS;
    aheadMs = ahead;
    if (!hasChanged) return;
    startOver();
    const { log } = access.context;
    if (ahead === 0) log.info({}, 'Ticks are served by this machine’s clock again');
    else
      log.warn(
        { aheadMs: ahead },
        'GitHub’s clock differs from this machine’s; ticks are served by GitHub’s',
      );
  };

  /** Forgets all noted times, as they were noted by a wrong clock. */
  const startOver = (): void => {
    notBefore.clear();
    refused.clear();
    lookedRoundAt = Number.NEGATIVE_INFINITY;
    for (const repositoryId of lookedAt.keys()) lookedAt.set(repositoryId, Number.NEGATIVE_INFINITY);
    for (const repositoryId of agenda.keys()) comeAgain(repositoryId, now());
  };

  const follow = <T>(begun: Promise<T>): Promise<T> => {
    underWay.add(begun);
    begun.finally(() => underWay.delete(begun)).catch(() => undefined);
    return begun;
  };
  const comeAgain = (repositoryId: number, at: number): void => {
    agenda.set(repositoryId, Math.min(at, agenda.get(repositoryId) ?? Number.POSITIVE_INFINITY));
    wakeAt(at);
  };

  const retryAt = (key: string, repositoryId: number, at: number): void => {
    notBefore.set(key, at);
    comeAgain(repositoryId, at);
  };

  async function lookRound(): Promise<void> {
    if (Math.abs(now() - lookedRoundAt) < LOOK_ROUND_MS) return;
    lookedRoundAt = now();
    for (const [key, at] of notBefore) if (at < now() - LOOK_ROUND_MS) notBefore.delete(key);
    const { store } = await work.context();
    const repositories = await store.onTimeRepositories();
    const resumed = new Set<number>();
    for (const { profile, onTime } of repositories) {
      // Somebody has changed what may lift the refusal.
      if (heldOff(profile.refusals, ON_TIME_READS, now()) === undefined && refused.forget(profile.id)) {
        for (const key of notBefore.keys()) if (isOf(profile.id, key)) notBefore.delete(key);
        comeAgain(profile.id, now());
      }
      const isReadAnew = readAt.get(profile.id) !== onTime.readAt;
      // Its next visit is planned, and its files were not read anew since.
      if (agenda.has(profile.id) && !isReadAnew) continue;
      readAt.set(profile.id, onTime.readAt);
      // A hold was lifted: the installation is not suspended any more.
      if (isReadAnew && paused.delete(profile.installationId)) resumed.add(profile.installationId);
      // Requests of an earlier process, and ticks that still wait, are in the ticks, which only a visit reads.
      comeAgain(profile.id, now());
    }
    for (const { profile } of repositories) {
      if (resumed.has(profile.installationId)) comeAgain(profile.id, now());
    }
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled([...underWay]);
  }

  async function visit(repositoryId: number): Promise<void> {
    try {
      const looks = {
        lastAt: lookedAt.get(repositoryId) ?? Number.NEGATIVE_INFINITY,
        notBefore: refused.notBefore(repositoryId),
      };
      const found = await alone(repositoryId, () => visitRepository(work, repositoryId, looks, begin));
      if (found === null) return;
      keepTime(found.access);
      if (found.pausedUntil !== null) pause(found.access.installationId, found.pausedUntil);
      if (found.nextAt !== null) comeAgain(repositoryId, found.nextAt);
      if (found.failure !== null) throw found.failure;
      if (found.shown) refused.forget(repositoryId);
      if (found.looked || !lookedAt.has(repositoryId)) {
        lookedAt.set(repositoryId, found.looked ? now() : Number.NEGATIVE_INFINITY);
      }
    } catch (error) {
      await report(error, repositoryId, 'Ticks of a repository could not be looked after; it is tried again');
      comeAgain(repositoryId, now() + (await waitAfter(error, repositoryId)));
    }
  }

  /** How long to wait after a failure, ms. A refusal goes on record, and is met more and more rarely. */
  async function waitAfter(error: unknown, repositoryId: number): Promise<number> {
    if (!isRefusal(error)) return waitOf(error) ?? TRY_AGAIN_MS;
    await recordRefusal(await work.context(), repositoryId, ON_TIME_READS, error);
    return refused.refuse(repositoryId, now());
  }

  function begin({ access, line, next }: Due): void {
    keepTime(access);
    for (const one of line) queueUp(access, one);
    if (next === null) return;
    // The file's head, which the request of the next tick needs, is read just before that tick.
    if (now() < next.at - HEAD_AHEAD_MS) comeAgain(access.repositoryId, next.at - HEAD_AHEAD_MS);
    else follow(heads.read(access, next.path));
  }

  function queueUp(access: RepositoryAccess, one: QueuedTick): void {
    const installation = access.installationId;
    const key = keyOf(access.repositoryId, one.due);
    const earliest = Math.max(notBefore.get(key) ?? 0, paused.get(installation) ?? 0);
    if (now() < earliest) {
      comeAgain(access.repositoryId, earliest);
      return;
    }
    notBefore.delete(key);
    const line = lines.get(installation) ?? new Map<string, Waiting>();
    lines.set(installation, line);
    line.set(key, { ...one, access });
    startSending(installation, line);
  }

  function startSending(installation: number, line: Map<string, Waiting>): void {
    if (sending.has(installation) || line.size === 0) return;
    sending.add(installation);
    const sent = sendAll(installation, line).finally(() => {
      sending.delete(installation);
      // Sends ticks that were queued during the last request.
      if (!isStopped) startSending(installation, line);
    });
    follow(sent).catch(() => undefined);
  }

  async function sendAll(installation: number, line: Map<string, Waiting>): Promise<void> {
    await logDelay(installation, line);
    for (;;) {
      const [any] = line;
      if (any === undefined || isStopped) return;
      let [key, first] = any;
      for (const [otherKey, other] of line) {
        if (compareQueuedTicks(other, first) < 0) [key, first] = [otherKey, other];
      }
      line.delete(key);
      await sendOne(key, first);
    }
  }

  async function sendOne(key: string, { access, due }: Waiting): Promise<void> {
    const { repositoryId } = access;
    try {
      const asked = await ask(
        { ...access, context: await work.context() },
        due,
        heads.take(access, due.path),
      );
      keepTime(access);
      if (asked.kind === 'again') retryAt(key, repositoryId, asked.at);
      else comeAgain(repositoryId, now());
      if (asked.kind === 'suspended') pause(access.installationId, asked.until);
      if (asked.kind === 'refused') await followFile(access, due.path);
    } catch (error) {
      await report(error, repositoryId, 'A tick could not be served now; it is tried again');
      retryAt(key, repositoryId, now() + (await waitAfter(error, repositoryId)));
    }
  }

  /** A hold of the repository is over: it is visited again, and waiting ticks are asked for. */
  function goOn(repositoryId: number): void {
    readAt.delete(repositoryId);
    lookedRoundAt = Number.NEGATIVE_INFINITY;
    wakeAt(now());
  }

  /** Empties the queue of a suspended installation; its repositories are visited again at `until`. */
  function pause(installation: number, until: number): void {
    paused.set(installation, until);
    for (const { access } of lines.get(installation)?.values() ?? []) comeAgain(access.repositoryId, until);
    lines.get(installation)?.clear();
  }

  /** Logs queued ticks that will wait for more than a minute. */
  async function logDelay(installation: number, line: ReadonlyMap<string, Waiting>): Promise<void> {
    const late = laterThanAMinute([...line.values()].toSorted(compareQueuedTicks));
    if (late.length === 0) return;
    const { log } = await work.context();
    const ticks = late
      .slice(0, 20)
      .map(({ due, access }) => ({ repositoryId: access.repositoryId, path: due.path }));
    log.warn({ installation, late: late.length, ticks }, 'Ticks are asked for more than a minute late');
  }

  async function report(error: unknown, repositoryId: number | null, message: string): Promise<void> {
    const { log } = await work.context();
    if (error instanceof OffbeatError) log.info({ repositoryId, code: error.code }, message);
    else if (isPassing(error)) log.warn({ repositoryId, status: error.status }, message);
    else log.error({ repositoryId, err: error }, message);
  }

  return {
    wake() {
      if (isStopped) return;
      // The machine's clock may have been set since the last visit.
      if (timed !== null) keepTime(timed);
      follow(
        lookRound().catch((error: unknown) =>
          report(error, null, 'Repositories could not be listed; it is tried again'),
        ),
      );
      for (const [repositoryId, at] of agenda) {
        if (at > now()) continue;
        agenda.delete(repositoryId);
        follow(visits.execute(() => visit(repositoryId)));
      }
      const next = Math.min(...agenda.values());
      if (Number.isFinite(next)) wakeAt(next);
    },
    note(repositoryId, run) {
      follow(
        alone(repositoryId, () => noteOnTimeRun(work, repositoryId, run))
          .then((isLifted) => {
            if (isLifted) goOn(repositoryId);
          })
          .catch((error: unknown) =>
            report(error, repositoryId, 'News of a run could not be taken; the next look finds it'),
          ),
      );
    },
    touch(repositoryId) {
      comeAgain(repositoryId, now());
    },
    idle,
    stop() {
      isStopped = true;
      return idle();
    },
  };
}

/** Name of a tick among those of all repositories. */
function keyOf(repositoryId: number, due: QueuedTick['due']): string {
  return `${repositoryId} ${tickKey(due)}`;
}

function isOf(repositoryId: number, key: string): boolean {
  return key.startsWith(`${repositoryId} `);
}

/** A failure of GitHub's own or of the network, which passes. */
function isPassing(error: unknown): error is { readonly status: number } {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  return typeof status === 'number' && status >= 500;
}

function waitOf(error: unknown): number | null {
  return error instanceof OffbeatError ? (error.retryAfterMs ?? null) : null;
}
