import { type Logger, pino } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import { fetchWithin } from './fetch-within.ts';

export interface ProbotOptions {
  readonly appId: number;
  /** PEM text. */
  readonly privateKey: string;
  /** Probot verifies no signature here, yet takes a secret everybody knows where it is given none. */
  readonly secret: string;
  /** Address of GitHub's REST API. */
  readonly baseUrl: string;
  /** Longest that one request may take. */
  readonly timeoutMs: number;
  readonly log: Logger;
}

/**
 * The App as a Probot that never sends a request twice and never waits by itself: `createGuard` decides both. Probot's own
 * log is silent, as it writes events with their payloads and the bodies of requests.
 */
export function createProbot({ log, timeoutMs, ...app }: ProbotOptions): Probot {
  const octokitLog = { debug: () => undefined, ...levelsOf(log.child({ name: 'octokit' })) };
  return new Probot({
    ...app,
    log: pino({ enabled: false }),
    // A function, as Probot's own defaults would win over an object's.
    Octokit: ProbotOctokit.defaults((given: object) => ({
      ...given,
      log: octokitLog,
      retry: { enabled: false },
      throttle: { enabled: false },
    })),
    request: { fetch: fetchWithin(timeoutMs) },
  });
}

/** Octokit's own remarks: deprecations, tokens that are not there yet. */
function levelsOf(log: Logger) {
  return {
    info: (message: string) => log.info(message),
    warn: (message: string) => log.warn(message),
    error: (message: string) => log.error(message),
  };
}
