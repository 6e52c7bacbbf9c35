import { describe, expect, it } from 'vitest';
import { guardCalls, storeBreaker } from '../../src/serve/breakers.ts';
import { announceChanges, decorateStore, measureCalls } from '../../src/serve/decorate-store.ts';
import { meetRepository } from '../../src/usecases/known-repository.ts';
import { fakeContext, memoryStore, SEEN } from '../usecases/fakes.ts';

const UNKNOWN_REPOSITORY = 404;

describe('decorateStore', () => {
  it('answers as the store itself does', async () => {
    const store = memoryStore();
    const decorated = decorateStore(store, (_call, proceed) => proceed());
    const { context } = fakeContext({}, { store: decorated });
    await meetRepository(context, SEEN);
    expect(await decorated.profiles()).toEqual(await store.profiles());
    expect(await decorated.load(SEEN.id)).toEqual(await store.load(SEEN.id));
    await expect(decorated.apply(UNKNOWN_REPOSITORY, {})).rejects.toThrow('profile');
  });

  it('calls the last decorator first', async () => {
    const order: string[] = [];
    const noting =
      (name: string) =>
      async <T>(_call: unknown, proceed: () => Promise<T>) => {
        order.push(name);
        return proceed();
      };
    await decorateStore(memoryStore(), noting('inner'), noting('outer')).profiles();
    expect(order).toEqual(['outer', 'inner']);
  });
});

describe('measureCalls', () => {
  it('measures load and apply, and counts only the changes that were applied', async () => {
    const measured: string[] = [];
    const changed: unknown[] = [];
    const store = decorateStore(
      memoryStore(),
      measureCalls({ stored: (call) => measured.push(call), changed: (change) => changed.push(change) }),
    );
    const { context } = fakeContext({}, { store });
    await meetRepository(context, SEEN);
    const applied = changed.length;
    await expect(store.apply(UNKNOWN_REPOSITORY, {})).rejects.toThrow('profile');
    await store.profiles();
    expect(applied).toBeGreaterThan(0);
    expect(changed).toHaveLength(applied);
    expect(new Set(measured)).toEqual(new Set(['load', 'apply']));
    expect(measured.filter((call) => call === 'apply')).toHaveLength(applied + 1);
  });
});

describe('announceChanges', () => {
  it('announces a repository when its change was applied, and not when it was refused', async () => {
    const announced: number[] = [];
    const store = decorateStore(
      memoryStore(),
      announceChanges({ announce: (repositoryId) => announced.push(repositoryId) }),
    );
    const { context } = fakeContext({}, { store });
    await meetRepository(context, SEEN);
    await expect(store.apply(UNKNOWN_REPOSITORY, {})).rejects.toThrow('profile');
    expect(new Set(announced)).toEqual(new Set([SEEN.id]));
  });
});

describe('guardCalls', () => {
  it('fails at once after three failures in a row, and still closes the store', async () => {
    let calls = 0;
    const broken = {
      ...memoryStore(),
      load: async () => {
        calls += 1;
        throw new Error('The disk is gone.');
      },
      close: async () => undefined,
    };
    const store = decorateStore(broken, guardCalls(storeBreaker()));
    for (let attempt = 0; attempt < 3; attempt += 1) {
      await expect(store.load(SEEN.id)).rejects.toThrow('The disk is gone.');
    }
    await expect(store.load(SEEN.id)).rejects.toMatchObject({ code: 'store-unreachable' });
    await expect(store.apply(SEEN.id, {})).rejects.toMatchObject({ code: 'store-unreachable' });
    expect(calls).toBe(3);
    await store.close();
  });
});
