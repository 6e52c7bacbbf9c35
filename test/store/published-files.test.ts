import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { evolveRepository } from '../../src/usecases/learning/evolve-repository.ts';
import { exportLearning } from '../../src/usecases/learning/move-learning.ts';
import { keepReport } from '../../src/usecases/maintenance/keep-report.ts';
import { fakeContext, SEEN } from '../usecases/fakes.ts';
import { liveThrough } from '../usecases/learned-repository.ts';
import { clock, keepingLog } from './sample.ts';

let directory: string;
let exported: unknown;

/** The files that a repository leaves which has learned and evolved. */
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'offbeat-published-'));
  const store = await openLowdbStore({ directory, log: keepingLog(), clock });
  const { context } = fakeContext({ files: [] }, { store });
  await liveThrough(context, 60);
  await evolveRepository(context, SEEN.id);
  await keepReport(context, SEEN.id, null);
  exported = await exportLearning(context, SEEN.id);
  await store.close();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const read = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(join(directory, 'repositories', String(SEEN.id), name), 'utf8'));

/** What the published schema finds wrong with a value. */
async function faults(schema: string, value: unknown): Promise<unknown> {
  const text = await readFile(new URL(`../../schema/${schema}.schema.json`, import.meta.url), 'utf8');
  const check = new Ajv({ strict: false, validateFormats: false }).compile(JSON.parse(text));
  return check(value) ? [] : check.errors;
}

describe('files in the data directory', () => {
  it.each(['learned_strategies', 'learning_log', 'report_latest'])(
    '%s.json is what its published schema says',
    async (name) => {
      const value = await read(`${name}.json`);
      expect(await faults(name, value)).toEqual([]);
      expect(await faults(name, { ...Object(value), version: 99 })).not.toEqual([]);
    },
  );

  it('hold the same evolution, as state, as log and as report', async () => {
    const strategies = await read('learned_strategies.json');
    const report = await read('report_latest.json');
    const log = await read('learning_log.json');
    expect(strategies).toMatchObject({ runsLearned: 59, runsAtLastEvolution: 59 });
    const { events } = Object(strategies).lastEvolution;
    expect(events.length).toBeGreaterThan(0);
    expect(Object(report).learning.last_evolution.events).toEqual(events);
    expect(Object(log).events.slice(-events.length)).toEqual(events);
    expect(report).toMatchObject({ repository: 'acme/site', learning: { best_strategy: 'default' } });
  });

  it('an export is what its published schema says', async () => {
    expect(await faults('learning_export', JSON.parse(JSON.stringify(exported)))).toEqual([]);
  });
});
