import type { Octokit } from '@octokit/rest';
import {
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { OffbeatError } from '../errors.ts';
import { statusOf } from './client.ts';

const HOUR_MS = 3_600_000;

/** Failures in a row that mean GitHub is down, not unlucky. */
const FAILURES_TO_OPEN = 5;
/** Then one request is let through this often, to see whether it is back. */
const TRY_AGAIN_MS = 30_000;

/** GitHub takes 500 writes that make content an hour; an App that asks rarely needs few. */
const MOST_WRITES_AN_HOUR = 100;

/** How long to wait after a secondary limit that names no time (docs: "Best practices for using the REST API"). */
const DEFAULT_PAUSE_MS = 60_000;

/** Watches over the requests of all installations: an outage, limits, and the hour's writes. */
export interface Guard {
  /** Has every request of a client pass; `null` for the App's own. */
  protect(hook: Octokit['hook'], installationId: number | null): void;
  /** Writes that an installation may still do within the hour. */
  writesLeft(installationId: number): number;
  readonly state: 'closed' | 'open' | 'half-open';
}

/** `now` tells milliseconds; limits are GitHub's own time, never a replay's. */
export function createGuard(now: () => number = () => performance.now()): Guard {
  const breaker = circuitBreaker(handleWhen(isOutage), {
    halfOpenAfter: TRY_AGAIN_MS,
    breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN),
  });
  const pausedUntil = new Map<number | null, number>();
  const writes = new Map<number, number[]>();

  const writesLeft = (installationId: number): number => {
    const recent = (writes.get(installationId) ?? []).filter((at) => now() - at < HOUR_MS);
    writes.set(installationId, recent);
    return Math.max(0, MOST_WRITES_AN_HOUR - recent.length);
  };

  return {
    writesLeft,
    get state() {
      switch (breaker.state) {
        case CircuitState.Open:
        case CircuitState.Isolated:
          return 'open';
        case CircuitState.HalfOpen:
          return 'half-open';
        default:
          return 'closed';
      }
    },
    protect(hook, installationId) {
      hook.wrap('request', async (request, options) => {
        const until = pausedUntil.get(installationId) ?? 0;
        if (now() < until) throw busy(until - now());
        if (installationId !== null && isWrite(options)) {
          writesLeft(installationId);
          writes.get(installationId)?.push(now());
        }
        try {
          return await breaker.execute(() => request(options));
        } catch (error) {
          if (isBrokenCircuitError(error)) throw unreachable(error);
          const pause = pauseOf(error);
          if (pause === null) throw error;
          pausedUntil.set(installationId, now() + pause);
          throw busy(pause, error);
        }
      });
    },
  };
}

function isWrite({ method, url }: { readonly method: string; readonly url: string }): boolean {
  return method !== 'GET' && method !== 'HEAD' && !/access_tokens$/.test(url);
}

/** GitHub's own fault, or no answer at all; a refusal is an answer. */
function isOutage(error: unknown): boolean {
  if (error instanceof OffbeatError) return false;
  const status = statusOf(error);
  return status === undefined || status >= 500;
}

/** How long a limit asks to wait, in ms; `null` where it is none. */
function pauseOf(error: unknown): number | null {
  const status = statusOf(error);
  if (status !== 403 && status !== 429) return null;
  const headers = headersOf(error);
  const retryAfter = Number(headers['retry-after'] ?? Number.NaN);
  if (Number.isFinite(retryAfter)) return retryAfter * 1_000;
  if (headers['x-ratelimit-remaining'] === '0') {
    const reset = Number(headers['x-ratelimit-reset'] ?? Number.NaN) * 1_000 - Date.now();
    return Number.isFinite(reset) ? Math.max(1_000, reset) : DEFAULT_PAUSE_MS;
  }
  return error instanceof Error && /secondary rate/i.test(error.message) ? DEFAULT_PAUSE_MS : null;
}

function headersOf(error: unknown): Readonly<Record<string, unknown>> {
  if (typeof error !== 'object' || error === null || !('response' in error)) return {};
  const { response } = error;
  if (typeof response !== 'object' || response === null || !('headers' in response)) return {};
  return typeof response.headers === 'object' && response.headers !== null ? { ...response.headers } : {};
}

function busy(pauseMs: number, cause?: unknown): OffbeatError {
  return new OffbeatError('github-busy', 'GitHub asks this installation to wait.', {
    fix: `The work is tried again; GitHub takes requests again in ${Math.ceil(pauseMs / 1_000)} s.`,
    cause,
  });
}

function unreachable(cause: unknown): OffbeatError {
  return new OffbeatError('github-unreachable', 'GitHub does not answer, so it is left alone for a while.', {
    fix: 'The work is tried again.',
    cause,
  });
}
