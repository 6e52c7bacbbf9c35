import type { Octokit } from '@octokit/rest';
import { LRUCache } from 'lru-cache';
import type { GitHub } from '../usecases/ports.ts';
import { createAbsences } from './absences.ts';
import { createBlobCache } from './blob-cache.ts';
import type { GitHubClient } from './client.ts';
import { createGuard, type Guard } from './guard.ts';
import { permissionOf } from './permission.ts';
import { createReader } from './reader.ts';
import { createWriter } from './writer.ts';

/** Clients of installations, kept: making one costs more than most events that ask for it. */
const MAX_CLIENTS = 1_000;

/** A client that may say of its requests when they begin and end. */
export type HookedClient = GitHubClient & Partial<Pick<Octokit, 'hook'>>;

export interface AppAuthentication {
  /** A client that acts as the installation, or as the App itself where no id is given. */
  auth(installationId?: number): Promise<HookedClient>;
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
): AppGitHub {
  const blobs = createBlobCache();
  const absences = createAbsences();
  const clients = new LRUCache<number, Promise<GitHubClient>>({ max: MAX_CLIENTS });
  let own: Promise<GitHubClient> | undefined;
  let login: Promise<string> | undefined;

  const guardedClient = async (installationId: number | null): Promise<GitHubClient> => {
    const client = await app.auth(installationId ?? undefined);
    onClient(client, installationId);
    if (client.hook !== undefined) guard.protect(client.hook, installationId);
    return client;
  };

  const clientOf = (installationId: number): Promise<GitHubClient> => {
    const known = clients.get(installationId);
    if (known !== undefined) return known;
    const made = guardedClient(installationId);
    clients.set(installationId, made);
    // A failure is not kept: the next call tries again.
    made.catch(() => clients.delete(installationId));
    return made;
  };

  const asApp = (): Promise<GitHubClient> => {
    own ??= guardedClient(null);
    own.catch(() => {
      own = undefined;
    });
    return own;
  };

  const appLogin = (): Promise<string> => {
    login ??= asApp().then(loginOf);
    login.catch(() => {
      login = undefined;
    });
    return login;
  };

  return {
    asApp,
    async connect(profile) {
      const [client, ownLogin] = await Promise.all([clientOf(profile.installationId), appLogin()]);
      const name = { owner: profile.owner, repo: profile.name };
      return {
        appLogin: ownLogin,
        reader: createReader(client, name, blobs, absences),
        writer: createWriter(client, name, ownLogin, absences),
        permissionOf: (person) => permissionOf(client, name, person),
        writesLeft: () => guard.writesLeft(profile.installationId),
      };
    },
  };
}

/** GitHub shows what an App writes as written by the account `slug[bot]`. */
async function loginOf(client: GitHubClient): Promise<string> {
  const { data } = await client.rest.apps.getAuthenticated();
  return `${data?.slug ?? ''}[bot]`;
}
