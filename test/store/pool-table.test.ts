import type { KyselyPlugin } from 'kysely';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { LatenessPoolChange } from '../../src/forecast/lateness-pool-change.ts';
import { PoolTable } from '../../src/store/postgres/pool-table.ts';
import { embeddedDatabase } from '../database/test-database.ts';

const CHANGE: LatenessPoolChange = { count: 1, level: 0, drift: [] };

/** Holds back what a statement has read until it is let go. */
class Gate implements KyselyPlugin {
  /** Answers so far. */
  reads = 0;
  #held: Promise<void> | undefined;
  #letGo: (() => void) | undefined;
  #whenRead: (() => void) | undefined;

  /** Holds back the next answer; resolves when it has been read. */
  hold(): Promise<void> {
    this.#held = new Promise((resolve) => {
      this.#letGo = resolve;
    });
    return new Promise((resolve) => {
      this.#whenRead = resolve;
    });
  }

  letGo(): void {
    this.#letGo?.();
  }

  transformQuery: KyselyPlugin['transformQuery'] = ({ node }) => node;

  transformResult: KyselyPlugin['transformResult'] = async ({ result }) => {
    this.reads += 1;
    const held = this.#held;
    this.#held = undefined;
    this.#whenRead?.();
    await held;
    return result;
  };
}

it.each([
  ['a change that this process has stored', (table: PoolTable) => table.added(CHANGE)],
  ['a change of which nobody knows whether it is stored', (table: PoolTable) => table.invalidate()],
])('a pool that was read before it is not kept: %s', async (_, tell) => {
  const { database, destroy } = await embeddedDatabase();
  onTestFinished(destroy);
  const gate = new Gate();
  const table = new PoolTable(database.withPlugin(gate));

  const isRead = gate.hold();
  const early = table.current();
  await isRead;
  await table.adding(CHANGE).execute(database);
  tell(table);
  const late = table.current();
  expect((await late).count).toBe(1);
  gate.letGo();
  await early;
  expect((await table.current()).count).toBe(1);
});

it('a change of this process is seen at once while the changes of others are read, without a read of its own', async () => {
  const { database, destroy } = await embeddedDatabase();
  onTestFinished(destroy);
  const gate = new Gate();
  const table = new PoolTable(database.withPlugin(gate));
  await table.current();
  const soon = performance.now() + 3_000;
  const now = vi.spyOn(performance, 'now').mockReturnValue(soon);
  onTestFinished(() => now.mockRestore());

  const isRead = gate.hold();
  const early = table.current();
  await isRead;
  await table.adding(CHANGE).execute(database);
  table.added(CHANGE);
  expect((await table.current()).count).toBe(1);
  expect(gate.reads).toBe(2);
  gate.letGo();
  expect((await early).count).toBe(1);
  expect((await table.current()).count).toBe(1);
  expect(gate.reads).toBe(2);
});
