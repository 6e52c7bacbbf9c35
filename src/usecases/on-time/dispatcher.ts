import { bulkhead } from 'cockatiel';
import { OffbeatError } from '../../errors.ts';
import { createKeyedMutex } from '../../keyed-mutex.ts';
import { compareInLine, type InLine, laterThanAMinute } from '../../on-time/order.ts';
import { tickKey } from '../../on-time/served-tick.ts';
import type { StartedRun } from '../../on-time/started-run.ts';
import { MINUTE_MS, SECOND_MS } from '../../time.ts';
import { ask } from './ask.ts';
import { followFile } from './follow-file.ts';
import { createHeadsAhead, HEAD_AHEAD_MS } from './heads-ahead.ts';
import { type Due, noteOnTimeRun, visitRepository } from './visit.ts';
import type { OnTimeWork, Place } from './work.ts';

/**
 * Repositories that came to be served, or that another process has left, are found this often; whoever wakes it does so
 * as often.
 */
export const LOOK_ROUND_MS = MINUTE_MS;
/** After a visit that failed. */
const TRY_AGAIN_MS = 15 * SECOND_MS;
/** Repositories visited at once: each visit waits for the store, and some for GitHub. */
const MOST_VISITS = 16;

/** Starts workflows on time, for as long as it is woken. */
export interface OnTimeDispatcher {
  /** Begins everything that is due, and says by `wakeAt` when it wants to be woken next. */
  wake(): void;
  /** News of a run, from a webhook. */
  note(repositoryId: number, run: StartedRun): void;
  /** Something has changed in a repository: it is looked at when next woken. */
  touch(repositoryId: number): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /**
   * Begins nothing any more; resolves when what is under way has ended. What stands in line is found at the next start.
   */
  stop(): Promise<void>;
}

interface Waiting extends InLine {
  readonly place: Place;
}

/**
 * Serves the ticks of all repositories that one process knows. Each is visited when something of it is due; what is to
 * be asked for waits in a line of its installation, from which one request after the other is sent, the earliest
 * deadline first. `machineNow` is epoch ms of the machine; by the same clock `wakeMachineAt` is told each time at which
 * something will be due.
 */
export function createOnTimeDispatcher(
  work: OnTimeWork,
  machineNow: () => number,
  wakeMachineAt: (at: number) => void,
): OnTimeDispatcher {
  /** By how much GitHub's clock is ahead of the machine's; all times below are GitHub's. */
  let aheadMs = 0;
  /** All places go by the same answers; the one that was gone to last knows them. */
  let timed: Pick<Place, 'context' | 'now'> | null = null;
  const now = (): number => machineNow() + aheadMs;
  const wakeAt = (at: number): void => wakeMachineAt(at - aheadMs);
  /** When each repository is to be visited. */
  const agenda = new Map<number, number>();
  /** When the runs of each repository that was visited were listed last. */
  const lookedAt = new Map<number, number>();
  /** When the files of each repository had been read that were looked at last. */
  const readAt = new Map<number, number | null>();
  /** Ticks that may not be asked for before a time. */
  const notBefore = new Map<string, number>();
  /** Installations that are suspended, and until when (epoch ms) they are left alone. */
  const paused = new Map<number, number>();
  const lines = new Map<number, Map<string, Waiting>>();
  const heads = createHeadsAhead();
  const sending = new Set<number>();
  let isStopped = false;
  const alone = createKeyedMutex();
  const visits = bulkhead(MOST_VISITS, Number.POSITIVE_INFINITY);
  const underWay = new Set<Promise<unknown>>();
  let lookedRoundAt = Number.NEGATIVE_INFINITY;

  /** GitHub's answers tell its time: where the machine's differs, it is said when that begins and when it ends. */
  const keepTime = (place: Pick<Place, 'context' | 'now'>): void => {
    timed = place;
    const ahead = place.now() - machineNow();
    const hasChanged = Math.abs(ahead - aheadMs) > SECOND_MS;
    aheadMs = ahead;
    if (!hasChanged) return;
    startOver();
    const { log } = place.context;
    if (ahead === 0) log.info({}, 'Ticks are served by this machine’s clock again');
    else
      log.warn(
        { aheadMs: ahead },
        'GitHub’s clock differs from this machine’s; ticks are served by GitHub’s',
      );
  };

  /** Times that were noted by a clock that was wrong say nothing. */
  const startOver = (): void => {
    notBefore.clear();
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

  const putOff = (key: string, repositoryId: number, at: number): void => {
    notBefore.set(key, at);
    comeAgain(repositoryId, at);
  };

  async function lookRound(): Promise<void> {
    if (Math.abs(now() - lookedRoundAt) < LOOK_ROUND_MS) return;
    lookedRoundAt = now();
    for (const [key, at] of notBefore) if (at < now() - LOOK_ROUND_MS) notBefore.delete(key);
    const { store } = await work.context();
    for (const { profile, onTime } of await store.onTimeRepositories()) {
      // Its next visit is known, and its files were not read anew since then.
      if (agenda.has(profile.id) && readAt.get(profile.id) === onTime.readAt) continue;
      readAt.set(profile.id, onTime.readAt);
      // Another process may have heard that an installation is not suspended any more.
      paused.delete(profile.installationId);
      // What an earlier process has asked for, or was put off, stands in the ticks, which are only read by a visit.
      comeAgain(profile.id, now());
    }
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled([...underWay]);
  }

  async function visit(repositoryId: number): Promise<void> {
    try {
      const found = await alone(repositoryId, () =>
        visitRepository(work, repositoryId, lookedAt.get(repositoryId) ?? Number.NEGATIVE_INFINITY, begin),
      );
      if (found === null) return;
      keepTime(found.place);
      if (found.nextAt !== null) comeAgain(repositoryId, found.nextAt);
      if (found.failure !== null) throw found.failure;
      if (found.looked || !lookedAt.has(repositoryId)) {
        lookedAt.set(repositoryId, found.looked ? now() : Number.NEGATIVE_INFINITY);
      }
    } catch (error) {
      await report(error, repositoryId, 'Ticks of a repository could not be looked after; it is tried again');
      comeAgain(repositoryId, now() + (waitOf(error) ?? TRY_AGAIN_MS));
    }
  }

  function begin({ place, line, next }: Due): void {
    keepTime(place);
    for (const one of line) queueUp(place, one);
    if (next === null) return;
    // What the request of the next tick has to know is read just before that tick.
    if (now() < next.at - HEAD_AHEAD_MS) comeAgain(place.repositoryId, next.at - HEAD_AHEAD_MS);
    else follow(heads.read(place, next.path));
  }

  function queueUp(place: Place, one: InLine): void {
    const installation = place.installationId;
    const key = `${place.repositoryId} ${tickKey(one.due)}`;
    const earliest = Math.max(notBefore.get(key) ?? 0, paused.get(installation) ?? 0);
    if (now() < earliest) {
      comeAgain(place.repositoryId, earliest);
      return;
    }
    notBefore.delete(key);
    const line = lines.get(installation) ?? new Map<string, Waiting>();
    lines.set(installation, line);
    line.set(key, { ...one, place });
    startSending(installation, line);
  }

  function startSending(installation: number, line: Map<string, Waiting>): void {
    if (sending.has(installation) || line.size === 0) return;
    sending.add(installation);
    const sent = sendAll(installation, line).finally(() => {
      sending.delete(installation);
      // What came to the line while the last request was under way.
      if (!isStopped) startSending(installation, line);
    });
    follow(sent).catch(() => undefined);
  }

  async function sendAll(installation: number, line: Map<string, Waiting>): Promise<void> {
    await tellOfDelay(installation, line);
    for (;;) {
      const [any] = line;
      if (any === undefined || isStopped) return;
      let [key, first] = any;
      for (const [otherKey, other] of line) {
        if (compareInLine(other, first) < 0) [key, first] = [otherKey, other];
      }
      line.delete(key);
      await sendOne(key, first);
    }
  }

  async function sendOne(key: string, { place, due }: Waiting): Promise<void> {
    const { repositoryId } = place;
    try {
      const asked = await ask({ ...place, context: await work.context() }, due, heads.take(place, due.path));
      keepTime(place);
      if (asked.kind === 'again') putOff(key, repositoryId, asked.at);
      else comeAgain(repositoryId, now());
      if (asked.kind !== 'refused') return;
      if (asked.pausedUntil !== null) pause(place.installationId, asked.pausedUntil);
      await followFile(place, due.path);
    } catch (error) {
      await report(error, repositoryId, 'A tick could not be served now; it is tried again');
      putOff(key, repositoryId, now() + (waitOf(error) ?? TRY_AGAIN_MS));
    }
  }

  /** What held a repository up is over: its files are read anew, and what waits is asked for. */
  function goOn(repositoryId: number): void {
    readAt.delete(repositoryId);
    lookedRoundAt = Number.NEGATIVE_INFINITY;
    wakeAt(now());
  }

  /** What stands in the line of a suspended installation is put off with it. */
  function pause(installation: number, until: number): void {
    paused.set(installation, until);
    for (const { place } of lines.get(installation)?.values() ?? []) comeAgain(place.repositoryId, until);
    lines.get(installation)?.clear();
  }

  /** Says which ticks will be asked for later than a minute after their turn. */
  async function tellOfDelay(installation: number, line: ReadonlyMap<string, Waiting>): Promise<void> {
    const late = laterThanAMinute([...line.values()].toSorted(compareInLine));
    if (late.length === 0) return;
    const { log } = await work.context();
    const ticks = late
      .slice(0, 20)
      .map(({ due, place }) => ({ repositoryId: place.repositoryId, path: due.path }));
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
      // The machine's clock may have been set meanwhile.
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

/** A failure of GitHub's own or of the network, which passes. */
function isPassing(error: unknown): error is { readonly status: number } {
  const status = typeof error === 'object' && error !== null && 'status' in error ? error.status : null;
  return typeof status === 'number' && status >= 500;
}

function waitOf(error: unknown): number | null {
  return error instanceof OffbeatError ? (error.retryAfterMs ?? null) : null;
}
