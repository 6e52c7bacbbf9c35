import type { Octokit } from '@octokit/rest';
import type { Env } from '../../src/env.ts';
import { GITHUB_TIMEOUT_SECONDS } from '../../src/env.ts';
import { OffbeatError } from '../../src/errors.ts';
import { type AppGitHub, createGitHub } from '../../src/github/connect.ts';
import { createGuard, type GuardTime, systemTime } from '../../src/github/guard.ts';
import { appAuthentication, createProbot } from '../../src/github/probot.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { SECOND_MS } from '../../src/time.ts';
import type { SeenRepository } from '../../src/usecases/known-repository.ts';
import { unlessAbsent } from './place.ts';

/** What every step needs of the installation, as GitHub names it. */
const NEEDED: Readonly<Record<string, 'read' | 'write'>> = {
  contents: 'write',
  workflows: 'write',
  pull_requests: 'write',
  actions: 'write',
};

/** The sandbox through the App: as the product connects, and a client for the rest, under one guard. */
export interface Access {
  readonly github: AppGitHub;
  readonly client: Octokit;
  readonly slug: string;
  readonly seen: SeenRepository;
}

/**
 * Connects to a repository as the App. Every request looks at `isStopped` first. Throws `permission-missing` with all
 * permissions that lack, `not-found` where the App is not installed, `usage-invalid` for a repository that is no
 * sandbox.
 */
export async function openAccess(
  env: Pick<Env, 'appId' | 'privateKey' | 'secrets' | 'githubApiUrl' | 'githubTimeoutSeconds'>,
  name: { readonly owner: string; readonly repo: string },
  stop: AbortSignal,
  guardTime: GuardTime = systemTime,
): Promise<Access> {
  const where = `${name.owner}/${name.repo}`;
  const probot = createProbot({
    appId: env.appId,
    privateKey: env.privateKey,
    secret: env.secrets[0],
    baseUrl: env.githubApiUrl,
    timeoutMs: (env.githubTimeoutSeconds ?? GITHUB_TIMEOUT_SECONDS) * SECOND_MS,
    log: createLog({ level: 'silent' }),
  });
  const authentication = appAuthentication(probot, guardTime);
  const guard = createGuard(guardTime);
  const stopping = ({ hook }: { readonly hook?: Octokit['hook'] }): void =>
    hook?.before('request', () => stop.throwIfAborted());
  const github = createGitHub(authentication, stopping, guard);
  const app = await github.asApp();
  const { data: self } = await app.rest.apps.getAuthenticated();
  const slug = self?.slug ?? '';
  const installation = await unlessAbsent(() => app.rest.apps.getRepoInstallation({ ...name }));
  if (installation === null) {
    throw new OffbeatError('not-found', `The App ${slug} is not installed on this repository.`, {
      where,
      fix: `Install it there: https://github.com/apps/${slug}/installations/new (or your server’s page of the App).`,
    });
  }
  const { id: installationId, permissions } = installation.data;
  const granted = permissions as Readonly<Record<string, string | undefined>>;
  const missing = Object.entries(NEEDED).filter(([wanted, level]) => granted[wanted] !== level);
  if (missing.length > 0) {
    throw new OffbeatError(
      'permission-missing',
      `The installation has not accepted ${missing.map(([wanted, level]) => `${wanted}: ${level}`).join(', ')}.`,
      { where, fix: 'Add them in the App’s settings on GitHub, and accept them where it is installed.' },
    );
  }
  // The repository’s id is known only from here on: its name is enough to read it.
  const byName = await authentication.inRepository({ installationId, repository: { name: name.repo } });
  const { data } = await byName.rest.repos.get({ ...name });
  if (data.archived || data.fork) {
    throw new OffbeatError(
      'usage-invalid',
      `It is ${data.archived ? 'archived' : 'a fork'}, and no sandbox.`,
      { where, fix: 'Make an empty repository for this, and install the App on it alone.' },
    );
  }
  const client = (await authentication.inRepository({
    installationId,
    repository: { id: data.id },
  })) as Octokit;
  stopping(client);
  guard.protect(client.hook, installationId);
  return {
    github,
    client,
    slug,
    seen: {
      id: data.id,
      installationId,
      owner: data.owner.login,
      name: data.name,
      defaultBranch: data.default_branch,
      archived: data.archived,
      fork: data.fork,
      private: data.private,
    },
  };
}
