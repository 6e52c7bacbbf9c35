import { beforeEach, describe, expect, it } from 'vitest';
import { OffbeatError } from '../../src/errors.ts';
import { onInstallation, onRepository } from '../../src/events/handler.ts';
import { installationCreated, installationRepositories } from '../../src/events/installation.ts';
import { repository } from '../../src/events/repository.ts';
import type { Context } from '../../src/usecases/context.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import type { RepositoryProfile, RepositoryReader } from '../../src/usecases/ports.ts';
import { NIGHTLY } from '../history/sample-run.ts';
import { examplesOf } from '../http/webhook/sample.ts';
import { fakeContext, memoryStore, NOW, SEEN } from '../usecases/fakes.ts';

const lockRepository = <T>(_repositoryId: number, work: () => Promise<T>) => work();
const dependencies = (context: Context) => ({ contextFor: async () => context, lockRepository });

const RULES = new OffbeatError('github-refused', 'Repository rule violations found.');
const REPOSITORY = {
  id: SEEN.id,
  name: SEEN.name,
  owner: { login: SEEN.owner },
  default_branch: 'main',
  private: false,
  fork: false,
  archived: false,
};

describe('what GitHub refuses in an event of a repository', () => {
  it.each([RULES, new OffbeatError('permission-missing', 'The App may not write this here.')])(
    'ends the event, which counts as done, and is recorded until such an event succeeds: %s',
    async (refusal) => {
      const { context, store } = fakeContext();
      await meetRepository(context, SEEN);
      let failure: Error | null = refusal;
      const handled: string[] = [];
      const push = onRepository(dependencies(context))('push', async (_, __, { after }) => {
        handled.push(after);
        if (failure !== null) throw failure;
      });
      const deliver = (after: string) => {
        const [example] = examplesOf('push');
        return push({ id: after, payload: { ...example, repository: REPOSITORY, after } });
      };
      await deliver('c1');
      expect(store.states.get(SEEN.id)?.profile.refusals).toEqual({
        'event push': { at: NOW, sentence: refusal.sentence },
      });
      failure = null;
      await deliver('c2');
      expect(handled).toEqual(['c1', 'c2']);
      expect(store.states.get(SEEN.id)?.profile.refusals).toEqual({});
    },
  );

  it('is tried again after an event that changes the repository', async () => {
    const { context, store } = fakeContext();
    const { profile } = await meetRepository(context, SEEN);
    const refusals = { proposal: { at: NOW, sentence: RULES.sentence } };
    await store.apply(SEEN.id, { profile: { ...profile, refusals } });
    const [example] = examplesOf('repository');
    await onRepository(dependencies(context))('repository', repository)({
      id: 'd1',
      payload: { ...example, action: 'edited', repository: REPOSITORY },
    });
    expect(store.states.get(SEEN.id)?.profile.refusals.proposal?.at).toBe(NOW - 86_400_000);
  });
});

describe('a repository that an installation loses', () => {
  it.each([
    ['stays where the old one tells last that it has lost it', 9, 10, null],
    ['is left where its own installation tells so', 9, 9, NOW],
  ])('%s', async (_, old, current, removedAt) => {
    const { context, store } = fakeContext();
    await meetRepository(context, SEEN);
    await meetRepository(context, { ...SEEN, owner: 'other', installationId: current });
    await onInstallation(dependencies(context))('installation_repositories', installationRepositories)({
      id: 'd1',
      payload: { action: 'removed', installation: { id: old }, repositories_removed: [{ id: SEEN.id }] },
    });
    expect(store.states.get(SEEN.id)?.profile).toMatchObject({ installationId: current, removedAt });
  });
});

describe('an installation of 200 repositories', () => {
  const EMPTY = 17;
  const BLOCKED = 50;
  const GONE = 199;
  const refused = (message: string) => new OffbeatError('github-refused', message);
  const listed = Array.from({ length: 200 }, (_, index) => ({
    id: index + 1,
    name: `r${index + 1}`,
    full_name: `acme/r${index + 1}`,
    private: false,
  }));

  let failing: Map<number, Error>;
  let store: ReturnType<typeof memoryStore>;
  let asked: string[];
  let context: Context;

  beforeEach(() => {
    failing = new Map();
    store = memoryStore();
    asked = [];
    const { context: base } = fakeContext();
    const github: Context['github'] = {
      async connect({ name }) {
        const id = Number(name.slice(1));
        const connected = await base.github.connect(SEEN);
        const describe: RepositoryReader['describe'] = async () => {
          asked.push(name);
          const failure = failing.get(id);
          if (failure !== undefined) throw failure;
          if (id === BLOCKED) throw refused('Repository access blocked.');
          if (id === GONE) throw refused('Not Found.');
          return connected.reader.describe();
        };
        const workflowSources: RepositoryReader['workflowSources'] = async () => {
          if (id === EMPTY) throw refused('Git Repository is empty.');
          return {
            sha: 'c1',
            files: [{ path: NIGHTLY, text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\n' }],
          };
        };
        return { ...connected, reader: { ...connected.reader, describe, workflowSources } };
      },
    };
    context = { ...base, store, github };
  });

  const created = () =>
    onInstallation(dependencies(context))('installation', installationCreated)({
      id: 'd1',
      payload: { action: 'created', installation: { id: 9 }, repositories: listed },
    });
  const learned = () =>
    [...store.states.values()].filter(({ scheduleVersions }) => scheduleVersions.length > 0);
  const refusals = () =>
    [...store.states.values()]
      .map(({ profile }: { profile: RepositoryProfile }) => [profile.id, profile.refusals] as const)
      .filter(([, met]) => Object.keys(met).length > 0);

  const EXPECTED = [
    [EMPTY, { 'workflow files': { at: NOW, sentence: 'Git Repository is empty.' } }],
    [BLOCKED, { repository: { at: NOW, sentence: 'Repository access blocked.' } }],
    [GONE, { repository: { at: NOW, sentence: 'Not Found.' } }],
  ];

  it('is learned but for one empty, one blocked and one gone, whose refusals are kept', async () => {
    await created();
    expect(store.states.size).toBe(200);
    expect(learned()).toHaveLength(197);
    expect(refusals()).toEqual(EXPECTED);
  });

  it('is learned in the same way where repositories are added to it, and others are left', async () => {
    await meetRepository(context, { ...SEEN, id: 500 });
    await onInstallation(dependencies(context))('installation_repositories', installationRepositories)({
      id: 'd1',
      payload: {
        action: 'added',
        installation: { id: 9 },
        repositories_added: listed,
        repositories_removed: [{ id: 500 }],
      },
    });
    expect(learned()).toHaveLength(197);
    expect(refusals()).toEqual(EXPECTED);
    expect(store.states.get(500)?.profile.removedAt).toBe(NOW);
  });

  it('goes on past a fault and is then tried again for it', async () => {
    const fault = Object.assign(new Error('Bad Gateway'), { status: 502 });
    failing.set(3, fault);
    await expect(created()).rejects.toBe(fault);
    expect(learned()).toHaveLength(196);
    failing.clear();
    await created();
    expect(learned()).toHaveLength(197);
  });

  it('is put off at once where GitHub takes no requests', async () => {
    const busy = new OffbeatError('github-busy', 'GitHub asks this installation to wait.', {
      retryAfterMs: 1,
    });
    failing.set(3, busy);
    await expect(created()).rejects.toBe(busy);
    expect(asked).toEqual(['r1', 'r2', 'r3']);
  });
});
