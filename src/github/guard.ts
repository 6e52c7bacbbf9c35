import { setTimeout as sleep } from 'node:timers/promises';
import type { Octokit } from '@octokit/rest';
import {
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { OffbeatError } from '../errors.ts';
import { HOUR_MS, MINUTE_MS } from '../time.ts';
import { classifyAnswer } from './classify-answer.ts';
import { type ReadableAnswer, readable } from './readable.ts';
import { makesContent, type SentRequest, WriteSpacing } from './write-spacing.ts';

/** Failures in a row that mean GitHub is down, not unlucky. */
const FAILURES_TO_OPEN = 5;
/** Then one request is let through this often, to see whether it is back. */
const TRY_AGAIN_MS = 30_000;

/** Waits before a request that met a passing fault is sent again. What lasts longer is left to the queue. */
const WAITS_BEFORE_RETRY_MS = [1_000, 4_000, 9_000] as const;

/** GitHub takes 500 writes that make content an hour; an App that asks rarely needs few. */
const MOST_WRITES_AN_HOUR = 100;

/** Work that waits asks again sooner than that: after it nobody uses those credentials any more. */
const NOT_ACCEPTED_STANDS_MS = HOUR_MS;

/** Requests of one installation under way at once; GitHub ends the patience at 100 over all. */
const MOST_AT_ONCE = 10;

/** The only place that decides when a request to GitHub is sent, sent again, or not sent at all. */
export interface Guard {
  /** Has every request of a client pass; `null` for the App's own. */
  protect(hook: Octokit['hook'], installationId: number | null): void;
  /** Writes that an installation may still do within the hour. */
  writesLeft(installationId: number): number;
  /** Resolves when a write of an installation would be sent at once, if nobody else sends one. */
  writeTurn(installationId: number): Promise<void>;
  /** Installations, and `null` for the App's own requests, whose credentials GitHub did not accept last. */
  notAccepted(): readonly (number | null)[];
  readonly state: 'closed' | 'open' | 'half-open';
}

/** Monotonic time in ms, and waiting by it. Limits are GitHub's own time, never a replay's. */
export interface GuardTime {
  now(): number;
  wait(ms: number): Promise<unknown>;
}

export const systemTime: GuardTime = { now: () => performance.now(), wait: (ms) => sleep(ms) };

/** The state of the requests of one installation, or of the App itself. */
interface Account {
  /** No request is sent before this moment. */
  pausedUntil: number;
  /** Pauses in a row for which GitHub has stated no time. */
  unstatedPauses: number;
  /** When GitHub last said that it does not accept the credentials; `null` where it has accepted them since. */
  notAcceptedAt: number | null;
  /** Moments of the last hour's writes that make content. */
  writes: number[];
  readonly spacing: WriteSpacing;
  readonly places: ReturnType<typeof bulkhead>;
}

export function createGuard(time: GuardTime = systemTime): Guard {
  const breaker = circuitBreaker(
    handleWhen((error) => classifyAnswer(error, Date.now()).kind === 'again-soon'),
    { halfOpenAfter: TRY_AGAIN_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  /** What has failed since GitHub last answered. */
  const failing = new Set<string>();
  const accounts = new Map<number | null, Account>();
  const accountOf = (installationId: number | null): Account => {
    const account = accounts.get(installationId) ?? newAccount();
    accounts.set(installationId, account);
    return account;
  };

  return {
    writesLeft(installationId) {
      const account = accountOf(installationId);
      account.writes = account.writes.filter((at) => time.now() - at < HOUR_MS);
      return Math.max(0, MOST_WRITES_AN_HOUR - account.writes.length);
    },
    async writeTurn(installationId) {
      const waitMs = accountOf(installationId).spacing.waitMs(time.now());
      if (waitMs > 0) await time.wait(waitMs);
    },
    notAccepted: () =>
      [...accounts].flatMap(([installationId, { notAcceptedAt: at }]) =>
        at !== null && time.now() - at < NOT_ACCEPTED_STANDS_MS ? [installationId] : [],
      ),
    get state() {
      if (breaker.state === CircuitState.HalfOpen) return 'half-open';
      return breaker.state === CircuitState.Closed ? 'closed' : 'open';
    },
    protect(hook, installationId) {
      const account = accountOf(installationId);
      hook.wrap('request', async (request, options) => {
        // Octokit asks for a token on behalf of another request, and that one is guarded.
        if (isTokenRequest(options)) return readable(await request(options), nameOf(options));
        const send = () => sendOnce(account, options, () => request(options), time);
        try {
          const answer = await breaker.execute(() => withRetries(send, maySendAgain(options), time));
          failing.clear();
          return answer;
        } catch (error) {
          if (isBrokenCircuitError(error)) throw unreachable(error);
          if (classifyAnswer(error, Date.now()).kind !== 'again-soon') throw error;
          failing.add(targetOf(options, installationId));
          // One request that always fails is a fault of that request; several show an outage, which is no fault of the
          // work.
          throw failing.size > 1 && breaker.state === CircuitState.Open ? unreachable(error) : error;
        }
      });
    },
  };
}

/** By which operations are known: the method and the template of the path. */
function nameOf({ method, url }: SentRequest): string {
  return `${method} ${url}`;
}

/** A key for a request that is the same for each try of it. */
function targetOf(
  options: SentRequest & { readonly [name: string]: unknown },
  installationId: number | null,
): string {
  const { method, url, owner, repo } = options;
  return JSON.stringify([installationId, method, url, owner, repo]);
}

function newAccount(): Account {
  return {
    pausedUntil: Number.NEGATIVE_INFINITY,
    unstatedPauses: 0,
    notAcceptedAt: null,
    writes: [],
    spacing: new WriteSpacing(),
    places: bulkhead(MOST_AT_ONCE, Number.POSITIVE_INFINITY),
  };
}

/** Sends a request in its turn; unsent it throws `github-busy` for a waiting account, else `github-credentials`. */
async function sendOnce<T extends ReadableAnswer>(
  account: Account,
  options: SentRequest,
  request: () => T | Promise<T>,
  { now, wait }: GuardTime,
): Promise<T> {
  assertNotPaused(account, now());
  const waitMs = account.spacing.reserve(options, now());
  if (waitMs > 0) await wait(waitMs);
  return account.places.execute(async () => {
    // A request that was sent meanwhile may have met a limit.
    assertNotPaused(account, now());
    if (makesContent(options)) account.writes.push(now());
    try {
      const answer = readable(await request(), nameOf(options));
      account.unstatedPauses = 0;
      account.notAcceptedAt = null;
      return answer;
    } catch (error) {
      throw failed(account, error, now());
    }
  });
}

/** How long credentials that are not accepted are left alone: GitHub locks out who goes on with them. */
const NOT_ACCEPTED_WAIT_MS = MINUTE_MS;

/** Notes what a failed request says of its account; gives the error to throw. `now` is monotonic ms. */
function failed(account: Account, error: unknown, now: number): unknown {
  const meaning = classifyAnswer(error, Date.now());
  switch (meaning.kind) {
    case 'again-later': {
      const pauseMs = meaning.isStated ? meaning.waitMs : unstatedPause(account, meaning.waitMs, now);
      account.pausedUntil = Math.max(account.pausedUntil, now + pauseMs);
      return busy(pauseMs, error);
    }
    case 'not-accepted': {
      const pauseMs = unstatedPause(account, NOT_ACCEPTED_WAIT_MS, now);
      account.pausedUntil = Math.max(account.pausedUntil, now + pauseMs);
      account.notAcceptedAt = now;
      return notAccepted(pauseMs, error);
    }
    case 'refused':
      account.notAcceptedAt = null;
      return error;
    default:
      return error;
  }
}

/** Longest pause for which GitHub has stated no time. */
const LONGEST_UNSTATED_MS = 16 * MINUTE_MS;

/**
 * GitHub asks to wait longer each time where a limit without a stated time goes on; credentials that are not accepted
 * are asked with as rarely. Requests that meet the same answer at once lengthen the pause once.
 */
function unstatedPause(account: Account, shortestMs: number, now: number): number {
  if (now < account.pausedUntil) return account.pausedUntil - now;
  const pauseMs = Math.min(LONGEST_UNSTATED_MS, shortestMs * 2 ** account.unstatedPauses);
  account.unstatedPauses += 1;
  return pauseMs;
}

/** Sends a request again while its failure is a passing fault; throws the last failure. */
async function withRetries<T>(
  send: () => Promise<T>,
  isRepeatable: boolean,
  { wait }: GuardTime,
): Promise<T> {
  for (const waitMs of isRepeatable ? WAITS_BEFORE_RETRY_MS : []) {
    try {
      return await send();
    } catch (error) {
      if (classifyAnswer(error, Date.now()).kind !== 'again-soon') throw error;
    }
    await wait(waitMs);
  }
  return send();
}

/** A caller that must not be heard twice says `request: { retries: 0 }`, as Octokit documents it. */
function maySendAgain({ request }: { readonly request: object }): boolean {
  return !('retries' in request && request.retries === 0);
}

function isTokenRequest({ url }: SentRequest): boolean {
  return /\/access_tokens$/.test(url);
}

function assertNotPaused({ pausedUntil, notAcceptedAt }: Account, now: number): void {
  if (now >= pausedUntil) return;
  throw notAcceptedAt === null ? busy(pausedUntil - now) : notAccepted(pausedUntil - now);
}

function notAccepted(pauseMs: number, cause?: unknown): OffbeatError {
  return new OffbeatError('github-credentials', 'GitHub does not accept the App’s key or token.', {
    fix: 'See what `offbeat doctor` says of the key. The work waits, and goes on when GitHub accepts it.',
    cause,
    retryAfterMs: pauseMs,
  });
}

function busy(pauseMs: number, cause?: unknown): OffbeatError {
  return new OffbeatError('github-busy', 'GitHub asks this installation to wait.', {
    fix: `The work is tried again; GitHub takes requests again in ${Math.ceil(pauseMs / 1_000)} s.`,
    cause,
    retryAfterMs: pauseMs,
  });
}

function unreachable(cause: unknown): OffbeatError {
  return new OffbeatError('github-unreachable', 'GitHub does not answer, so it is left alone for a while.', {
    fix: 'The work is tried again.',
    cause,
    retryAfterMs: TRY_AGAIN_MS,
  });
}
