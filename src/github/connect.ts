import type { Octokit } from '@octokit/rest';
import { LRUCache } from 'lru-cache';
import { OffbeatError } from '../errors.ts';
import type { GitHub } from '../usecases/ports.ts';
import { type Absences, createAbsences } from './absences.ts';
import { BlobCache } from './blobs.ts';
import type { GitHubClient, RepositoryName } from './client.ts';
import { type ClockReadings, createClockReadings } from './clock-readings.ts';
import { createDispatcher } from './dispatcher.ts';
import { createGuard, type Guard } from './guard.ts';
import type { TokenScope } from './installation-tokens.ts';
import { permissionOf } from './permission.ts';
import { createReader } from './reader.ts';
import { createWriter } from './writer.ts';

/** How long a caller waits before the App's own name is asked for again, where GitHub's answer lacks it. */
const NAME_AGAIN_AFTER_MS = 30_000;

/** Clients of repositories, kept: making one costs more than most events that ask for it. */
const MAX_CLIENTS = 1_000;

/** A client that may say of its requests when they begin and end. */
export type HookedClient = GitHubClient & Partial<Pick<Octokit, 'hook'>>;

export interface AppAuthentication {
  /** A client that acts as the App itself. */
  asApp(): Promise<HookedClient>;
  /** A client that acts as an installation, in one of its repositories. */
  inRepository(scope: TokenScope): Promise<HookedClient>;
}

/** Told of every client when it is made; `null` for the App's own. */
export type OnClient = (client: HookedClient, installationId: number | null) => void;

/** GitHub as an App sees it. */
export interface AppGitHub extends GitHub {
  /** A client that acts as the App itself. */
  asApp(): Promise<GitHubClient>;
}

/** Connects to repositories as installations of the App. Nothing is asked of GitHub before it is needed. */
export function createGitHub(
  app: AppAuthentication,
  onClient: OnClient = () => undefined,
  guard: Guard = createGuard(),
  absences: Absences = createAbsences(),
  readings: ClockReadings = createClockReadings(),
): AppGitHub {
  const blobs = new BlobCache();
  const clients = new LRUCache<string, Promise<GitHubClient>>({ max: MAX_CLIENTS });

  const guardedClient = async (
    made: Promise<HookedClient>,
    installationId: number | null,
  ): Promise<GitHubClient> => {
    const client = await made;
    if (client.hook !== undefined) readings.watch(client.hook);
    onClient(client, installationId);
    if (client.hook !== undefined) guard.protect(client.hook, installationId);
    return client;
  };

  const clientIn = (scope: TokenScope): Promise<GitHubClient> => {
    const key = JSON.stringify(scope);
    const known = clients.get(key);
    if (known !== undefined) return known;
    const made = guardedClient(app.inRepository(scope), scope.installationId);
    clients.set(key, made);
    // A failure is not kept: the next call tries again.
    made.catch(() => clients.delete(key));
    return made;
  };

  const asApp = kept(() => guardedClient(app.asApp(), null));
  const appLogin = kept(async () => loginOf(await asApp()));

  return {
    asApp,
    clockReadings: () => readings.newest(),
    async connect(profile) {
      const { installationId } = profile;
      const [client, ownLogin] = await Promise.all([
        clientIn({ installationId, repository: { id: profile.id } }),
        appLogin(),
      ]);
      const name = { owner: profile.owner, repo: profile.name };
      const neighbour = ({ owner, repo }: RepositoryName) =>
        owner.toLowerCase() === name.owner.toLowerCase()
          ? clientIn({ installationId, repository: { name: repo } })
          : null;
      return {
        appLogin: ownLogin,
        reader: createReader(client, name, { blobs, absences, neighbour }),
        writer: createWriter(client, name, ownLogin, absences),
        dispatcher: createDispatcher(client, name, readings, absences),
        permissionOf: (person) => permissionOf(client, name, person),
        writesLeft: () => guard.writesLeft(installationId),
        writeTurn: () => guard.writeTurn(installationId),
      };
    },
  };
}

/** Makes a value once; after a failure the next call tries again. */
function kept<Value>(make: () => Promise<Value>): () => Promise<Value> {
  let made: Promise<Value> | undefined;
  return () => {
    made ??= make();
    made.catch(() => {
      made = undefined;
    });
    return made;
  };
}

/** GitHub shows what an App writes as written by the account `slug[bot]`. */
async function loginOf(client: GitHubClient): Promise<string> {
  const { data } = await client.rest.apps.getAuthenticated();
  // By a wrong name the App would not know its own pull requests, issues and comments, and write them again.
  if (typeof data?.slug !== 'string' || data.slug === '')
    throw new OffbeatError('github-not-yet', 'GitHub does not say what the App is called.', {
      fix: 'The work is tried again in some seconds.',
      retryAfterMs: NAME_AGAIN_AFTER_MS,
    });
  return `${data.slug}[bot]`;
}
