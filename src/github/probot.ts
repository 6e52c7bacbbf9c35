import { type Logger, pino } from 'pino';
import { Probot, ProbotOctokit } from 'probot';
import { carryTokens, withoutStrategy } from './carry-tokens.ts';
import type { AppAuthentication } from './connect.ts';
import { fetchWithin } from './fetch-within.ts';
import { type GuardTime, systemTime } from './guard.ts';
import { createInstallationTokens } from './installation-tokens.ts';

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

/** The App as a Probot that sends nothing twice, never waits by itself (see `createGuard`), and logs nothing. */
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

/** Clients whose tokens are good for one repository and one purpose, made by a Probot. */
export function appAuthentication(
  probot: Pick<Probot, 'auth'>,
  time: GuardTime = systemTime,
): AppAuthentication {
  const tokens = createInstallationTokens(() => probot.auth(), time.now);
  return {
    asApp: () => probot.auth(),
    async inRepository(scope) {
      const app = await probot.auth();
      const client = (await app.auth({
        type: 'installation',
        installationId: scope.installationId,
        factory: makeAlike,
      })) as ProbotOctokit; // Octokit gives the answer of a factory no type.
      carryTokens(client.hook, (purpose) => tokens.get(scope, purpose), time);
      return client;
    },
  };
}

/** What Octokit gives to a factory: the App's own client, and the options that it was made with. */
interface Original {
  readonly octokit: ProbotOctokit;
  readonly octokitOptions: { readonly throttle?: object };
  readonly installationId: number;
}

/** A client with the address, the log and the bounds of the App's own, and without its key. */
function makeAlike({ octokit, octokitOptions, installationId }: Original): ProbotOctokit {
  const Octokit = octokit.constructor as typeof ProbotOctokit;
  const throttle = { ...octokitOptions.throttle, id: String(installationId) };
  return new Octokit({ ...octokitOptions, throttle, authStrategy: withoutStrategy });
}

/** Octokit's own remarks: deprecations, tokens that are not there yet. */
function levelsOf(log: Logger) {
  return {
    info: (message: string) => log.info(message),
    warn: (message: string) => log.warn(message),
    error: (message: string) => log.error(message),
  };
}
