import { describe, expect, it } from 'vitest';
import { OffbeatError } from '../../../src/errors.ts';
import { WORKFLOWS_NOTICE } from '../../../src/usecases/gate-context.ts';
import { knownRepository, meetRepository } from '../../../src/usecases/known-repository.ts';
import {
  acceptPermissions,
  leaveInstallation,
  leaveRepository,
  welcomeRepository,
} from '../../../src/usecases/maintenance/installation.ts';
import { runMaintenance } from '../../../src/usecases/maintenance/run-maintenance.ts';
import { NIGHTLY } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

const NAMED = { id: 1, installationId: 9, owner: 'acme', name: 'site' };
const FILES = [{ path: NIGHTLY, text: 'on:\n  schedule:\n    - cron: "0 2 * * *"\n' }];

describe('welcomeRepository', () => {
  it('asks GitHub what the event does not say, and reads the crons', async () => {
    const facts = { defaultBranch: 'trunk', archived: true, fork: false, private: true };
    const { context } = fakeContext({ files: FILES, facts });
    await welcomeRepository(context, NAMED);
    const state = await knownRepository(context, 1);
    expect(state.profile).toMatchObject({ ...NAMED, ...facts, commandedMode: null, removedAt: null });
    expect(state.scheduleVersions).toMatchObject([{ seenAt: NOW, entries: [{ cron: '0 2 * * *' }] }]);
  });

  it('keeps what was learned and commanded before, also after a time away', async () => {
    const { context, store, clock } = fakeContext({ files: FILES });
    await welcomeRepository(context, NAMED);
    const { profile } = await knownRepository(context, 1);
    await store.apply(1, { profile: { ...profile, commandedMode: 'suggest' } });
    await leaveRepository(context, 1);
    clock.at += 1_000;
    await welcomeRepository(context, NAMED);
    const back = await knownRepository(context, 1);
    expect(back.profile).toMatchObject({ commandedMode: 'suggest', removedAt: null });
    expect(back.scheduleVersions).toMatchObject([{ seenAt: NOW }]);
  });

  it('keeps what GitHub refuses to say of a repository, and asks again in maintenance after a day', async () => {
    const blocked = new OffbeatError('github-refused', 'Repository access blocked.');
    const { context, clock, repository, written } = fakeContext({
      files: FILES,
      refuses: { describe: blocked },
    });
    await welcomeRepository(context, NAMED);
    const { profile } = await knownRepository(context, 1);
    expect(profile).toMatchObject({
      ...NAMED,
      removedAt: null,
      refusals: { repository: { at: NOW, sentence: 'Repository access blocked.' } },
    });
    await runMaintenance(context, 1);
    expect(written.tried).toEqual(['describe']);
    repository.refuses = {};
    clock.at += DAY_MS;
    await runMaintenance(context, 1);
    const learned = await knownRepository(context, 1);
    expect(learned.profile.refusals).toEqual({});
    expect(learned.scheduleVersions).toMatchObject([{ entries: [{ cron: '0 2 * * *' }] }]);
  });

  it('reads an empty repository again in maintenance', async () => {
    const empty = new OffbeatError('github-refused', 'Git Repository is empty.');
    const { context, clock, repository } = fakeContext({ files: FILES, refuses: { workflowSources: empty } });
    await welcomeRepository(context, NAMED);
    expect((await knownRepository(context, 1)).profile.refusals).toMatchObject({ 'workflow files': {} });
    repository.refuses = {};
    clock.at += DAY_MS;
    await runMaintenance(context, 1);
    const learned = await knownRepository(context, 1);
    expect(learned.profile.refusals).toEqual({});
    expect(learned.scheduleVersions).toHaveLength(1);
  });

  it('is tried again where GitHub gives no answer', async () => {
    const failing = { connect: () => Promise.reject(new Error('502')) };
    const { context, store } = fakeContext({}, { github: failing });
    await expect(welcomeRepository(context, NAMED)).rejects.toThrow('502');
    expect(store.states.size).toBe(0);
  });
});

describe('leaving', () => {
  it('marks a repository once, and forgets nothing yet', async () => {
    const { context, clock } = fakeContext();
    await meetRepository(context, SEEN);
    await leaveRepository(context, SEEN.id);
    clock.at += 60_000;
    await leaveRepository(context, SEEN.id);
    expect((await knownRepository(context, SEEN.id)).profile.removedAt).toBe(NOW);
  });

  it('of what nobody knows does nothing', async () => {
    const { context, store } = fakeContext();
    await leaveRepository(context, 404);
    expect(store.states.size).toBe(0);
  });

  it('of an installation marks its repositories, and those of no other', async () => {
    const { context } = fakeContext();
    await meetRepository(context, SEEN);
    await meetRepository(context, { ...SEEN, id: 2 });
    await meetRepository(context, { ...SEEN, id: 3, installationId: 10 });
    await leaveInstallation(context, 9);
    const removed = (await context.store.profiles()).map(({ id, removedAt }) => [id, removedAt]);
    expect(removed).toEqual([
      [1, NOW],
      [2, NOW],
      [3, null],
    ]);
  });

  it('ends with the next event of the repository', async () => {
    const { context } = fakeContext();
    await meetRepository(context, SEEN);
    await leaveRepository(context, SEEN.id);
    expect((await meetRepository(context, SEEN)).profile.removedAt).toBeNull();
  });
});

describe('acceptPermissions', () => {
  it('takes the notice back, and no other, in this installation alone', async () => {
    const { context, store } = fakeContext();
    for (const [id, installationId] of [
      [1, 9],
      [2, 10],
    ] as const) {
      const { profile } = await meetRepository(context, { ...SEEN, id, installationId });
      await store.apply(id, { profile: { ...profile, noticesGiven: ['other', WORKFLOWS_NOTICE] } });
    }
    await acceptPermissions(context, 9);
    const given = (await context.store.profiles()).map(({ noticesGiven }) => noticesGiven);
    expect(given).toEqual([['other'], ['other', WORKFLOWS_NOTICE]]);
  });
});

describe('meetRepository', () => {
  it('follows a rename, and keeps the number', async () => {
    const { context } = fakeContext();
    await meetRepository(context, SEEN);
    const { profile } = await meetRepository(context, { ...SEEN, name: 'website', archived: true });
    expect(profile).toMatchObject({ id: SEEN.id, name: 'website', archived: true });
    expect(await context.store.profiles()).toHaveLength(1);
  });

  it('is what knownRepository waits for', async () => {
    const { context } = fakeContext();
    await expect(knownRepository(context, 1)).rejects.toBeInstanceOf(OffbeatError);
    await meetRepository(context, SEEN);
    expect((await knownRepository(context, 1)).profile.owner).toBe('acme');
  });
});
