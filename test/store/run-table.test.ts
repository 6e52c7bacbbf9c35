import { expect, it } from 'vitest';
import { RUN_TABLE } from '../../src/store/lowdb/run-table.ts';

const throughText = (document: object): unknown =>
  RUN_TABLE.fromStored(JSON.parse(JSON.stringify(RUN_TABLE.toStored(document))));

it('gives runs back as they were, with what some of them lack', () => {
  const runs = [
    { id: 1, endedAt: null, predictedSeconds: 600 },
    { id: 2, endedAt: 5, jobs: [{ id: 7, startedAt: 1, endedAt: 2 }] },
    { id: 3, endedAt: 6 },
  ];
  const read = throughText({ version: 1, runs, older: [] });
  expect(read).toStrictEqual({ version: 1, runs, older: [] });
  expect(throughText({ runs: [] })).toStrictEqual({ runs: [] });
});

it('names each field once', () => {
  const runs = Array.from({ length: 50 }, (_, id) => ({ id, headBranch: 'main' }));
  expect(JSON.stringify(RUN_TABLE.toStored({ runs })).match(/headBranch/g)).toHaveLength(1);
});

it.each([
  null,
  7,
  { runs: 'none' },
  { runs: { columns: 'id', rows: [] } },
  { runs: { columns: ['id'], rows: [7] } },
  { runs: { columns: ['id'] } },
])('leaves %j for the schema to refuse', (stored) => {
  expect(RUN_TABLE.fromStored(stored)).toBe(stored);
});
