import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { createApi } from '../../../src/http/api/app.ts';
import { bearerAuthentication } from '../../../src/http/api/bearer.ts';
import type { Authenticate } from '../../../src/http/api/caller.ts';
import { generalEndpoints } from '../../../src/http/api/general-endpoints.ts';
import { operationEndpoints } from '../../../src/http/api/operation-endpoints.ts';
import { OPERATIONS } from '../../../src/operations/table.ts';
import { openLowdbStore } from '../../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { leaveRepository } from '../../../src/usecases/maintenance/installation.ts';
import type { Store } from '../../../src/usecases/ports.ts';
import {
  dropTemplate,
  embeddedDatabase,
  missingServer,
  serverDatabase,
} from '../../database/test-database.ts';
import { clock, keepingLog } from '../../store/sample.ts';
import { fakeContext, SEEN } from '../../usecases/fakes.ts';
import { REPOSITORY, SECRET, token } from './harness.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});
afterAll(dropTemplate);

async function filesStore(): Promise<Store> {
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-names-'));
  const store = await openLowdbStore({ directory, log: keepingLog(), clock });
  cleanups.push(
    () => rm(directory, { recursive: true, force: true }),
    () => store.close(),
  );
  return store;
}

async function tableStore(fresh: typeof embeddedDatabase): Promise<Store> {
  const opened = await fresh();
  cleanups.push(() => opened.destroy());
  return openPostgresStore({ database: opened.database, log: keepingLog(), clock });
}

const OLD = SEEN;
/** A repository that was made later, under the name that the old one has had. */
const NEW = { ...SEEN, id: SEEN.id + 1_000 };

/** The API of a store, asked by a token for all repositories and by a person who may read those of `ids`. */
async function apiOn(store: Store, ids: readonly number[] = []) {
  const { context, log, clock: now } = fakeContext({}, { store });
  const bearer = bearerAuthentication({ secret: SECRET, audience: 'offbeat', clock: now });
  const person: Authenticate = async () => ({
    subject: 'github:mona',
    role: 'viewer',
    repositories: new Set(ids),
  });
  const app = createApi({
    endpoints: [
      ...generalEndpoints({
        version: '1.2.3',
        store,
        problems: async () => [],
        queue: () => ({ waiting: 0, running: 0, deadLetters: 0, oldestAgeSeconds: 0 }),
        stoppedBy: async () => null,
      }),
      ...operationEndpoints(OPERATIONS, {
        contextFor: async () => context,
        lockRepository: (_id, work) => work(),
      }),
    ],
    authenticate: async (request) => (await bearer(request)) ?? (await person(request)),
    store,
    version: '1.2.3',
    clock: now,
    log,
  });
  const authorization = `Bearer ${await token({ role: 'admin' })}`;
  return {
    context,
    pause: async (path = REPOSITORY) =>
      (await app.request(`${path}/pause`, { method: 'POST', headers: { authorization } })).status,
    byToken: async (path = REPOSITORY) =>
      (await app.request(`${path}/accuracy`, { headers: { authorization } })).status,
    byCookie: async (path = REPOSITORY) => (await app.request(`${path}/accuracy`)).status,
    listed: async () => {
      const response = await app.request('/api/v1/repositories', { headers: { authorization } });
      const { data } = (await response.json()) as { data: { repositories: { id: number; name: string }[] } };
      return data.repositories.map(({ id, name }) => ({ id, name }));
    },
    paused: async () => {
      const states = await Promise.all([OLD.id, NEW.id].map((id) => store.load(id)));
      return states.flatMap((state) => (state?.profile.commandedMode === 'pause' ? [state.profile.id] : []));
    },
  };
}

function contract(name: string, open: () => Promise<Store>): void {
  describe(`the name of a repository (${name})`, () => {
    it('answers 404 at every door once the App was taken off the repository', async () => {
      const store = await open();
      const api = await apiOn(store, [OLD.id]);
      await meetRepository(api.context, OLD);
      expect([await api.byToken(), await api.byCookie()]).toEqual([200, 200]);
      await leaveRepository(api.context, OLD.id);
      expect([await api.byToken(), await api.byCookie(), await api.pause()]).toEqual([404, 404, 404]);
      expect(await api.listed()).toEqual([]);
      expect(await api.paused()).toEqual([]);
    });

    it('is that of the new repository after the old one was removed', async () => {
      const store = await open();
      const api = await apiOn(store, [NEW.id]);
      await meetRepository(api.context, OLD);
      await leaveRepository(api.context, OLD.id);
      await meetRepository(api.context, NEW);
      expect(await api.pause()).toBe(200);
      expect(await api.paused()).toEqual([NEW.id]);
      expect(await api.byCookie()).toBe(200);
      expect(await api.listed()).toEqual([{ id: NEW.id, name: NEW.name }]);
    });

    it('does not let a person read the repository that had it before', async () => {
      const store = await open();
      const api = await apiOn(store, [NEW.id]);
      await meetRepository(api.context, OLD);
      expect(await api.byCookie()).toBe(404);
    });

    it('goes to the newer of two when a rename was lost, and both are found after the next event of the older', async () => {
      const store = await open();
      const api = await apiOn(store);
      await meetRepository(api.context, OLD);
      await meetRepository(api.context, NEW);
      expect(await api.pause()).toBe(200);
      expect(await api.paused()).toEqual([NEW.id]);
      const renamed = `/api/v1/repositories/${OLD.owner}/renamed`;
      expect(await api.byToken(renamed)).toBe(404);
      await meetRepository(api.context, { ...OLD, name: 'renamed' });
      expect(await api.byToken(renamed)).toBe(200);
      expect(await api.listed()).toEqual([
        { id: OLD.id, name: 'renamed' },
        { id: NEW.id, name: NEW.name },
      ]);
    });
  });
}

contract('files', filesStore);
const hasServer = (await missingServer()) === undefined;
contract(hasServer ? 'PostgreSQL' : 'PGlite', () =>
  tableStore(hasServer ? serverDatabase : embeddedDatabase),
);
