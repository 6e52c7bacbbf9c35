import { expect, it } from 'vitest';
import type { Run } from '../../../src/history/run.ts';
import type { Context } from '../../../src/usecases/context.ts';
import { meetRepository } from '../../../src/usecases/known-repository.ts';
import { backfill } from '../../../src/usecases/learning/backfill.ts';
import { sampleRun } from '../../history/sample-run.ts';
import { DAY_MS, fakeContext, NOW, SEEN } from '../fakes.ts';

const FILES = [
  {
    path: '.github/workflows/nightly.yml',
    text: 'name: Nightly\non:\n  schedule:\n    - cron: "0 2 * * *"\n',
  },
];

async function start(runs: readonly Run[] | null) {
  const fake = fakeContext({ files: FILES });
  await meetRepository(fake.context, SEEN);
  const spans: { from: number; to: number }[] = [];
  const context: Context = {
    ...fake.context,
    github: {
      async connect(profile) {
        const connected = await fake.context.github.connect(profile);
        const { runs: _, ...reader } = connected.reader;
        const listed = async (span: { from: number; to: number }) => {
          spans.push(span);
          return runs ?? [];
        };
        return { ...connected, reader: runs === null ? reader : { ...reader, runs: listed } };
      },
    },
  };
  return { context, spans, store: fake.store };
}

const RUNS = [30, 20, 10].map((day) => sampleRun(100 - day, new Date(NOW - day * DAY_MS).toISOString()));

it('learns what it did not know, once, and says how far it is', async () => {
  const { context, spans, store } = await start(RUNS);
  const seen: (readonly [number, number | null])[] = [];
  const first = await backfill(context, SEEN.id, 60, (done, all) => seen.push([done, all]));
  expect(first).toMatchObject({ listed: 3, learned: 3 });
  expect(spans).toEqual([{ from: NOW - 60 * DAY_MS, to: NOW }]);
  expect(seen.at(-1)).toEqual([3, 3]);
  expect(await backfill(context, SEEN.id, 60)).toMatchObject({ listed: 3, learned: 0 });
  expect(store.states.get(SEEN.id)?.runs.length).toBe(3);
  expect(store.states.get(SEEN.id)?.learned.schedules).not.toEqual({});
});

it('leaves out what GitHub makes up itself', async () => {
  const { context } = await start([{ ...sampleRun(1, '2026-05-01T02:00:00Z'), path: 'dynamic/pages' }]);
  expect(await backfill(context, SEEN.id, 60)).toMatchObject({ listed: 1, learned: 0 });
});

it('says where no runs are listed', async () => {
  const { context } = await start(null);
  await expect(backfill(context, SEEN.id, 60)).rejects.toMatchObject({ code: 'usage-invalid' });
});
