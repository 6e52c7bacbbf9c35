import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { parseConfig } from '../config/parse.ts';
import { OffbeatError } from '../errors.ts';
import { SILENT_LOG } from '../log.ts';
import type { ConnectedRepository, GitHub } from '../usecases/ports.ts';
import { createAbsences } from './absences.ts';
import { BlobCache, blobTexts } from './blobs.ts';
import { statusOf } from './client.ts';
import { createClockReadings } from './clock-readings.ts';
import { createDispatcher } from './dispatcher.ts';
import { fetchWithin } from './fetch-within.ts';
import { createGuard, type GuardTime } from './guard.ts';
import { createAbsenceByTree } from './listed-tree.ts';
import { permissionOf } from './permission.ts';
import { createReader } from './reader.ts';
import { WORKFLOW_TOKEN_LOGIN } from './saying-refusals.ts';
import { createWriter } from './writer.ts';

/** Longest that one request may take. */
const TIMEOUT_MS = 30_000;
/** One account: a workflow has one token. */
const ACCOUNT = 0;

/** Fifty pages, and runs that have not ended, so that they are looked for next time. */
const BOUNDS = { mostRuns: 5_000, unended: true };

/** Full hash of a commit. */
const COMMIT = /^[0-9a-f]{40}$/;

const Viewer = z.object({ viewer: z.object({ login: z.string() }) });

export interface TokenGitHubOptions {
  readonly token: string;
  /** Address of the REST API. */
  readonly baseUrl: string;
  /** Contents of workflow files that were read before. */
  readonly blobs?: BlobCache;
  /** Configuration that takes the place of the repository's own file; empty for none. */
  readonly config: string;
  /** Requests that are sent at most; any number where left out. */
  readonly mostCalls?: number | undefined;
  /** By what requests wait; the machine's own time where left out. */
  readonly time?: GuardTime | undefined;
}

/** GitHub as the holder of a token sees it. */
export interface TokenGitHub extends GitHub {
  readonly client: Octokit;
  /** Requests that were sent. */
  calls(): number;
  /** Lets more requests be sent than `mostCalls`, to keep what was done with them. */
  allowUpTo(calls: number): void;
  /** The account behind the token. */
  login(): Promise<string>;
  /** True for a workflow's own `GITHUB_TOKEN`: GitHub lets it change no workflow file, whatever its permissions. */
  isPlain(): Promise<boolean>;
}

/** Throws `usage-invalid` at the first request that GitHub refuses the token for. */
export function createTokenGitHub(options: TokenGitHubOptions): TokenGitHub {
  const client = new Octokit({
    auth: options.token,
    baseUrl: options.baseUrl,
    request: { fetch: fetchWithin(TIMEOUT_MS) },
    log: SILENT_LOG,
  });
  const guard = createGuard(options.time);
  const readings = createClockReadings();
  readings.watch(client.hook);
  let calls = 0;
  let { mostCalls = Number.POSITIVE_INFINITY } = options;
  client.hook.wrap('request', async (request, sent) => {
    if (calls >= mostCalls) throw allSent(calls);
    calls += 1;
    try {
      return await request(sent);
    } catch (error) {
      throw statusOf(error) === 401 ? tokenRefused(error) : error;
    }
  });
  guard.protect(client.hook, ACCOUNT);
  askOnce(client);
  const blobs = options.blobs ?? new BlobCache();
  const absences = createAbsences();
  let asked: Promise<string> | undefined;
  const login = (): Promise<string> => {
    // REST tells no account to an installation's token.
    asked ??= client
      .graphql('query { viewer { login } }')
      .then((answer) => Viewer.parse(answer).viewer.login);
    return asked;
  };
  return {
    client,
    login,
    calls: () => calls,
    allowUpTo: (all) => {
      mostCalls = Math.max(mostCalls, all);
    },
    isPlain: async () => (await login()) === WORKFLOW_TOKEN_LOGIN,
    clockReadings: () => readings.newest(),
    async connect({ owner, name: repo }): Promise<ConnectedRepository> {
      const name = { owner, repo };
      const appLogin = await login();
      const textsOf = (hashes: readonly string[]) => blobTexts(client, name, hashes);
      const reader = createReader(client, name, { blobs, absences, textsOf, bounds: BOUNDS });
      const isAbsent = createAbsenceByTree(client, name);
      return {
        appLogin,
        reader: {
          ...reader,
          fileText: async (path, ref) =>
            ref !== undefined && COMMIT.test(ref) && (await isAbsent(path, ref))
              ? null
              : reader.fileText(path, ref),
          ...(options.config === ''
            ? {}
            : { config: async () => parseConfig(options.config, 'the input config') }),
        },
        writer: createWriter(client, name, appLogin, absences),
        dispatcher: createDispatcher(client, name, readings, absences),
        permissionOf: (person) => permissionOf(client, name, person),
        writesLeft: () => guard.writesLeft(ACCOUNT),
        writeTurn: () => guard.writeTurn(ACCOUNT),
      };
    },
  };
}

/** What is asked more than once while a step runs, and stays the same: facts of the repository, files, trees. */
const STAYS_THE_SAME: ReadonlySet<string> = new Set([
  '/repos/{owner}/{repo}',
  '/repos/{owner}/{repo}/commits/{ref}',
  '/repos/{owner}/{repo}/contents/{path}',
  '/repos/{owner}/{repo}/git/trees/{tree_sha}',
]);

/** Has each of these requests sent once, whatever its answer. */
function askOnce(client: Octokit): void {
  const answers = new Map<string, ReturnType<Octokit['request']>>();
  client.hook.wrap('request', (request, options) => {
    if (options.method !== 'GET' || !STAYS_THE_SAME.has(options.url)) return request(options);
    const { url } = client.request.endpoint(options);
    const known = answers.get(url);
    if (known !== undefined) return known;
    const answer = Promise.resolve(request(options));
    answers.set(url, answer);
    return answer;
  });
}

/** As where GitHub asks to wait: what is not done is done next time. */
function allSent(calls: number): OffbeatError {
  return new OffbeatError('github-busy', `The ${calls} requests that one run may send were sent.`);
}

function tokenRefused(cause: unknown): OffbeatError {
  return new OffbeatError('usage-invalid', 'GitHub does not accept the token: it is wrong, or has expired.', {
    where: 'token',
    fix: 'Give a token that is valid now.',
    cause,
  });
}
