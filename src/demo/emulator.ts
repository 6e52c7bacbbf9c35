import { generateKeyPairSync } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { SourceFile } from '../usecases/ports.ts';
import { requireEmulator } from './emulator-package.ts';
import { isSuccess, type Role } from './exchange.ts';
import { type GithubProxy, type ProxyOptions, startGithubProxy } from './github-proxy.ts';
import { numberAt, textAt } from './json.ts';
import { RunRegistry } from './run-registry.ts';

/** Somebody with a token, and what they may do in the seeded repositories. */
export interface Person {
  readonly login: string;
  readonly token: string;
  readonly role: Role;
}

export interface SeededRepository {
  readonly name: string;
  /** Organisation that it belongs to, each with an installation of its own; the usual one where left out. */
  readonly owner?: string;
  readonly private?: boolean;
  readonly files: readonly SourceFile[];
}

export interface EmulatorOptions
  extends Pick<ProxyOptions, 'webhookSecret'>,
    Partial<Pick<ProxyOptions, 'port' | 'clock' | 'answersBy' | 'runs' | 'appSlug' | 'observe'>> {
  readonly repositories: readonly SeededRepository[];
  /** The App's private key (PEM); a new one where left out. */
  readonly privateKey?: string;
  /** The installation's permissions where they differ from all that the App asks for. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
}

export interface EmulatedRepository {
  readonly id: number;
  readonly installationId: number;
  readonly owner: string;
  readonly name: string;
  readonly fullName: string;
  readonly isPrivate: boolean;
  readonly defaultBranch: string;
}

/** A GitHub of our own, as the App sees it. */
export interface Emulated extends Omit<GithubProxy, 'stop'> {
  readonly app: {
    readonly id: number;
    readonly slug: string;
    readonly privateKey: string;
    readonly webhookSecret: string;
    readonly installationId: number;
    readonly clientId: string;
    readonly clientSecret: string;
  };
  readonly people: Readonly<Record<'maintainer' | 'writer' | 'reader' | 'stranger', Person>>;
  readonly repositories: readonly EmulatedRepository[];
  /** The first of `repositories`. */
  readonly repository: EmulatedRepository;
  stop(): Promise<void>;
}

/** Any free port of this machine. */
const FREE_PORT = 0;
const OWNER = 'octo-org';
const APP_ID = 4242;
const INSTALLATION_ID = 777_001;
const APP_SLUG = 'offbeat';
const DEFAULT_BRANCH = 'main';
const OAUTH = { clientId: 'Iv1.emulated', clientSecret: 'client-secret-of-the-emulated-app' };

/** What `app.yml` asks for. */
export const PERMISSIONS: Readonly<Record<string, 'read' | 'write'>> = {
  metadata: 'read',
  actions: 'read',
  contents: 'write',
  workflows: 'write',
  pull_requests: 'write',
  issues: 'write',
  checks: 'write',
};

/** What `app.yml` subscribes to. */
const EVENTS = [
  'workflow_run',
  'workflow_job',
  'push',
  'pull_request',
  'issue_comment',
  'repository',
] as const;

const PEOPLE = {
  maintainer: { login: 'maintainer', token: 'token-of-maintainer', role: 'admin' },
  writer: { login: 'writer', token: 'token-of-writer', role: 'write' },
  reader: { login: 'reader', token: 'token-of-reader', role: 'read' },
  stranger: { login: 'stranger', token: 'token-of-stranger', role: 'none' },
} as const satisfies Emulated['people'];

/** With which the proxy asks the emulator; enough for a life of many weeks within an hour on the wall. */
const ADMIN_TOKENS: readonly string[] = Array.from({ length: 20 }, (_, at) => `token-of-the-proxy-${at}`);

/** Starts the emulator and the proxy before it, and commits each repository's files. */
export async function startEmulator(options: EmulatorOptions): Promise<Emulated> {
  const { port = FREE_PORT, appSlug = APP_SLUG, permissions = PERMISSIONS, webhookSecret } = options;
  const { clock = { now: () => Date.now() }, privateKey = newPrivateKey() } = options;
  const { createEmulator } = await requireEmulator();
  const emulator = await createEmulator({
    service: 'github',
    port: FREE_PORT,
    seed: seedOf(options.repositories, { appSlug, permissions, privateKey }),
  });
  const everybody: readonly Person[] = Object.values(PEOPLE);
  const installationIds = installationIdsOf(options.repositories);
  const installationIdOf = (owner: string) => installationIds.get(owner) ?? INSTALLATION_ID;
  const proxy = await startGithubProxy({
    emulatorUrl: emulator.url,
    webhookSecret,
    installationId: INSTALLATION_ID,
    installationIdOf,
    appSlug,
    port,
    tokens: new Map(everybody.map((person) => [person.token, person.login])),
    adminTokens: ADMIN_TOKENS,
    clock,
    answersBy: options.answersBy,
    mayStartRuns: permissions.actions === 'write',
    runs: options.runs ?? new RunRegistry(),
    roles: new Map(everybody.map((person) => [person.login, person.role])),
    owner: OWNER,
    repositories: options.repositories.filter(({ owner = OWNER }) => owner === OWNER).map(({ name }) => name),
    oauth: OAUTH,
    observe: options.observe,
  });
  const repositories: EmulatedRepository[] = [];
  for (const repository of options.repositories) {
    const installationId = installationIdOf(repository.owner ?? OWNER);
    repositories.push({ ...(await seedRepository(emulator.url, repository, clock)), installationId });
  }
  const first = repositories[0];
  if (first === undefined) throw new Error('The emulator needs at least one repository.');
  return {
    ...proxy,
    get tokens() {
      return proxy.tokens;
    },
    app: {
      id: APP_ID,
      slug: appSlug,
      privateKey,
      webhookSecret,
      installationId: INSTALLATION_ID,
      ...OAUTH,
    },
    people: PEOPLE,
    repositories,
    repository: first,
    async stop() {
      await proxy.stop();
      await emulator.close();
    },
  };
}

/** The installation of each owner; the usual one has the first id. */
function installationIdsOf(repositories: readonly SeededRepository[]): ReadonlyMap<string, number> {
  const owners = new Set([OWNER, ...repositories.map(({ owner = OWNER }) => owner)]);
  return new Map([...owners].map((owner, index) => [owner, INSTALLATION_ID + index]));
}

function newPrivateKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  return privateKey;
}

function seedOf(
  repositories: readonly SeededRepository[],
  app: Required<Pick<EmulatorOptions, 'appSlug' | 'permissions' | 'privateKey'>>,
) {
  const people: readonly Person[] = Object.values(PEOPLE);
  const { permissions } = app;
  const owners = [...installationIdsOf(repositories)];
  return {
    tokens: Object.fromEntries(
      [...people, ...ADMIN_TOKENS.map((token) => ({ token, login: PEOPLE.maintainer.login }))].map(
        ({ token, login }) => [token, { login, scopes: ['repo', 'user'] }],
      ),
    ),
    github: {
      users: people.map(({ login }) => ({ login, name: login, email: `${login}@users.noreply.github.com` })),
      orgs: owners.map(([login]) => ({
        login,
        name: login,
        members: [{ login: PEOPLE.maintainer.login, role: 'admin' }],
      })),
      repos: repositories.map((repository) => ({
        owner: repository.owner ?? OWNER,
        name: repository.name,
        private: repository.private ?? false,
        default_branch: DEFAULT_BRANCH,
      })),
      apps: [
        {
          app_id: APP_ID,
          slug: app.appSlug,
          name: 'Offbeat',
          private_key: app.privateKey,
          permissions,
          events: [...EVENTS],
          installations: owners.map(([account, installation_id]) => ({
            installation_id,
            account,
            repository_selection: 'all',
            permissions,
          })),
        },
      ],
    },
  };
}

/**
 * Commits the files, and gives the writer and the reader their place; straight at the emulator, so unrecorded. The
 * commit takes the place of the emulator's own first one, which is dated by the system: the same files committed at
 * the same time get the same sha.
 */
async function seedRepository(
  emulatorUrl: string,
  repository: SeededRepository,
  clock: Clock,
): Promise<Omit<EmulatedRepository, 'installationId'>> {
  const owner = repository.owner ?? OWNER;
  const path = `/repos/${owner}/${repository.name}`;
  const ask = (method: string, suffix: string, body?: unknown) =>
    askEmulator(`${emulatorUrl}${path}${suffix}`, method, body);
  for (const [person, permission] of [
    [PEOPLE.writer, 'push'],
    [PEOPLE.reader, 'pull'],
  ] as const) {
    await ask('PUT', `/collaborators/${person.login}`, { permission });
  }
  const tip = textAt(await ask('GET', `/git/ref/heads/${DEFAULT_BRANCH}`), 'object', 'sha');
  const tipCommit = await ask('GET', `/git/commits/${tip}`);
  const tree = await ask('POST', '/git/trees', {
    base_tree: textAt(tipCommit, 'tree', 'sha'),
    tree: repository.files.map(({ path: file, text }) => ({
      path: file,
      mode: '100644',
      type: 'blob',
      content: text,
    })),
  });
  const commit = await ask('POST', '/git/commits', {
    message: 'Add workflows',
    tree: textAt(tree, 'sha'),
    parents: [],
    author: { date: new Date(clock.now()).toISOString() },
  });
  await ask('PATCH', `/git/refs/heads/${DEFAULT_BRANCH}`, { sha: textAt(commit, 'sha'), force: true });
  return {
    id: numberAt(await ask('GET', ''), 'id'),
    owner,
    name: repository.name,
    fullName: `${owner}/${repository.name}`,
    isPrivate: repository.private ?? false,
    defaultBranch: DEFAULT_BRANCH,
  };
}

async function askEmulator(url: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: { authorization: `token ${PEOPLE.maintainer.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer: unknown = await response.json();
  if (!isSuccess({ status: response.status, body: answer })) {
    throw new Error(`The emulator refused ${method} ${url}: ${response.status} ${textAt(answer, 'message')}`);
  }
  return answer;
}
