import { beforeAll, expect, it } from 'vitest';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { RepositoryState, Store } from '../../src/usecases/ports.ts';
import type { TestDatabase } from '../database/test-database.ts';
import { keepingLog } from '../store/sample.ts';
import { SimulatedTime } from '../walk/simulated-time.ts';
import { type AppOptions, FIRST_DAY, withApp } from './harness.ts';
import {
  type CaseHub,
  CONFIG_PATH,
  NIGHTLY,
  STORY_FOR_TWO_MS,
  STORY_MS,
  type TickCase,
  workflow,
} from './on-time-cases.ts';
import { beforeRepositories, configOf, ELSE, ELSE_TEXT, LIFE_MS, OnTimeLife } from './on-time-life.ts';

const TICK = FIRST_DAY + DAY_MS + 3 * HOUR_MS;
/** Waiting for other requests, and for the list to show something. */
const LATER_AT_MOST_MS = 30 * SECOND_MS;

/** What is left of a case. */
interface Left {
  readonly askedAfterMs: readonly number[];
  readonly started: number;
  readonly github: readonly (string | null)[];
  readonly issues: readonly string[];
  readonly refused: number;
  readonly state: RepositoryState | undefined;
}

/** Lives these cases once, and expects of each what it says. `open` makes the database; `null` for files. */
export function drivesTicks(
  cases: readonly TickCase[],
  open: () => Promise<(TestDatabase & { readonly url: string }) | null>,
): void {
  const left = new Map<string, Left>();
  beforeAll(async () => {
    const database = await open();
    const time = new SimulatedTime(FIRST_DAY);
    try {
      await withApp(optionsOf(cases, time, database?.url ?? null), async (app) => {
        const life = new OnTimeLife(app, time, database !== null);
        // No earlier tick is any of theirs.
        time.set(TICK - HOUR_MS);
        const hubs = cases.map((one, at) => life.begin(at + 1, one, TICK));
        // The timers of a database go by its own clock.
        if (database !== null)
          for (const [at, one] of cases.entries()) await hubs[at]?.write(CONFIG_PATH, configOf(one));
        // Maintenance reads the files: not in the midst of the story.
        await life.until(TICK - 10 * MINUTE_MS);
        for (const [at, { fullName }] of hubs.entries())
          if (cases[at]?.silent === true) life.silence(fullName);
        const events = cases.flatMap(({ story = [] }, at) =>
          story.map(([afterMs, act]) => {
            const hub = hubs[at];
            if (hub === undefined) throw new Error('Every case has a repository.');
            return [TICK + afterMs, () => act(hub)] as const;
          }),
        );
        const isForTwo = cases.every(({ forTwo }) => forTwo === true);
        await life.until(TICK + (isForTwo ? STORY_FOR_TWO_MS : STORY_MS), events);
        await app.stop();
        const store =
          database === null
            ? await openLowdbStore({ directory: app.dataDirectory, log: keepingLog(), clock: time })
            : openPostgresStore({ database: database.database, log: keepingLog(), clock: time });
        for (const [at, one] of cases.entries()) {
          const hub = hubs[at];
          if (hub !== undefined) left.set(one.title, await remains(life, hub, store));
        }
        await store.close();
      });
    } finally {
      time.end();
      await database?.destroy();
    }
  }, LIFE_MS);

  it.each(cases)('$title', (one) => {
    const found = left.get(one.title);
    if (found === undefined) throw new Error('It was not lived.');
    const alarms = (found.state?.audit ?? []).filter(({ kind }) => kind === 'alarm');
    expect({
      asked: askedAs(found.askedAfterMs, one),
      started: found.started,
      github: found.github,
      tick: tickOf(found.state, one),
      issues: found.issues.length,
      alarms: alarms.length,
    }).toEqual({
      asked: one.asked,
      started: one.started,
      github: one.github ?? [],
      tick: one.left === null ? undefined : expectedTick(one.left),
      issues: one.issue === undefined ? 0 : 1,
      alarms: one.alarm === undefined ? 0 : 1,
    });
    if (one.alarm !== undefined) expect(alarms[0]?.what).toMatch(one.alarm);
    expect(found.refused).toBeLessThanOrEqual(one.refused ?? 0);
    if (one.issue !== undefined) expect(found.issues[0]).toMatch(one.issue);
  });
}

function optionsOf(cases: readonly TickCase[], time: SimulatedTime, url: string | null): AppOptions {
  return {
    ...beforeRepositories(
      time,
      cases.map((one) => [
        { path: NIGHTLY, text: one.workflow ?? workflow() },
        { path: ELSE, text: ELSE_TEXT },
        ...(url === null ? [{ path: CONFIG_PATH, text: configOf(one) }] : []),
      ]),
    ),
    ...(url === null ? {} : { database: { url, poolSize: 6 }, second: true }),
  };
}

async function remains(life: OnTimeLife, hub: CaseHub, store: Pick<Store, 'load'>): Promise<Left> {
  const { fullName, owner, repo } = hub;
  const id = life.app.emulated.repositories.find((one) => one.fullName === fullName)?.id ?? 0;
  const { data: issues } = await hub.as.rest.issues.listForRepo({ owner, repo, state: 'open' });
  return {
    askedAfterMs: life.askedAt(fullName).map((at) => at - TICK),
    started: life.runs(fullName, 'workflow_dispatch').filter(({ run }) => run.actor === 'offbeat[bot]')
      .length,
    github: life.runs(fullName, 'schedule').map(({ conclusion }) => conclusion),
    issues: issues.filter(({ title }) => title.includes('nightly.yml')).map(({ body }) => body ?? ''),
    refused: life.refusals(fullName),
    state: await store.load(id),
  };
}

function askedAs(
  found: readonly number[],
  { asked: wanted, laterMs = LATER_AT_MOST_MS }: TickCase,
): TickCase['asked'] {
  if (!('last' in wanted)) return found.map((at, place) => nearTo(at, wanted[place], laterMs));
  const [after, before] = wanted.quiet;
  const heard = found.find((at) => at > after && at < before);
  return {
    last: nearTo(found.at(-1) ?? 0, wanted.last, laterMs),
    quiet: heard === undefined ? wanted.quiet : [heard, heard],
  };
}

/** The wanted time where the found one is near enough. */
function nearTo(found: number, wanted: number | undefined, laterMs: number): number {
  return wanted !== undefined && found >= wanted && found - wanted <= laterMs ? wanted : found;
}

function expectedTick({ state, why, sentence, twin }: NonNullable<TickCase['left']>) {
  return {
    state,
    twin: twin ?? null,
    ...(why === undefined ? {} : { why }),
    ...(sentence === undefined ? {} : { sentence: expect.stringMatching(sentence) }),
  };
}

/** The case's first tick, as far as the case says something of it. */
function tickOf(state: RepositoryState | undefined, { left }: TickCase) {
  const tick = state?.ticks.find(({ path, tick: at }) => path === NIGHTLY && at === TICK);
  if (tick === undefined) return undefined;
  const { progress, twin } = tick;
  return {
    state: progress.state,
    twin: twin?.fate ?? null,
    ...(left?.why === undefined ? {} : { why: 'why' in progress ? progress.why : null }),
    ...(left?.sentence === undefined ? {} : { sentence: 'sentence' in progress ? progress.sentence : null }),
  };
}
