import type pg from 'pg';
import { expect, it } from 'vitest';
import { preparingWrites } from '../../src/database/prepared-writes.ts';

/** What the driver was given, in its order. */
async function given(queries: readonly (readonly [text: string, values: readonly unknown[]])[]) {
  const seen: unknown[] = [];
  const client = {
    query: async (...words: unknown[]) => void seen.push(words.length === 1 ? words[0] : words),
  };
  const pool = preparingWrites({ connect: async () => client, options: {} } as unknown as pg.Pool);
  const connection = await pool.connect();
  for (const [text, values] of queries) await connection.query(text, values);
  expect(await pool.connect()).toBe(connection);
  return seen;
}

it('prepares a write under a name of its text, and it alone', async () => {
  const insert = 'insert into marks (id) values ($1)';
  const [first, again, other] = await given([
    [insert, [1]],
    [insert, [2]],
    ['update marks set id = $1', [3]],
  ]);
  expect(first).toMatchObject({ text: insert, values: [1], name: expect.stringMatching(/^\w{40}$/) });
  expect(again).toEqual({ ...(first as object), values: [2] });
  expect(other).not.toMatchObject({ name: (first as { name: string }).name });
});

it('prepares no read, nothing without values, and no write of very many rows', async () => {
  const many = `insert into marks (id) values ${Array.from({ length: 1_000 }, (_, at) => `($${at + 1})`).join(', ')}`;
  const values = Array.from({ length: 1_000 }, (_, at) => at);
  expect(
    await given([
      ['select id from marks where id = $1', [1]],
      ['begin', []],
      [many, values],
    ]),
  ).toEqual([
    ['select id from marks where id = $1', [1]],
    ['begin', []],
    [many, values],
  ]);
});
