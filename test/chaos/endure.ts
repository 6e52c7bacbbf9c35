import { isDeepStrictEqual } from 'node:util';
import { asList, numberAt } from '../../src/demo/json.ts';
import type { Job } from '../../src/queue/queue.ts';
import { MAINTENANCE_EVENT } from '../../src/usecases/maintenance/run-maintenance.ts';
import { firstDifference } from '../first-difference.ts';
import { onFiles, onPostgres } from './backends.ts';
import { live } from './life.ts';
import { payloadKeysOf } from './payload-keys.ts';
import type { PrivatePostgres } from './private-postgres.ts';
import { comparable, type Remains } from './remains.ts';
import { type FaultSchedule, faultSchedule, type NamedFault, type StoreKind } from './schedule.ts';
import { liveSequentially } from './sequential.ts';
import { createWorld, GUIDS } from './world.ts';

/** What came of one schedule; `broken` is empty where everything held. */
export interface Endured {
  readonly schedule: FaultSchedule;
  readonly broken: readonly string[];
  readonly accepted: number;
  readonly starts: number;
  readonly recoveredMs: number;
  readonly workedOffMs: number;
}

/** Lives through the schedule of a seed, and compares what is left with a sequential life in the accepted order. */
export async function endure(
  seed: number,
  store: StoreKind,
  {
    server,
    named,
  }: { readonly server?: PrivatePostgres | undefined; readonly named?: NamedFault | undefined } = {},
): Promise<Endured> {
  const world = await createWorld();
  const schedule = faultSchedule(seed, store, world.deliveries.length, named);
  const smallDisk = [...schedule.troubles, ...schedule.ticks].some(({ kind }) => kind === 'full-disk');
  if (store === 'postgres' && server === undefined) throw new Error('There is no PostgreSQL to live on.');
  const backend = server === undefined ? await onFiles({ smallDisk }) : await onPostgres(server);
  try {
    const lived = await live(world, backend, schedule, server);
    const { id } = world.emulated.repository;
    const accepted = (await backend.accepted()).filter((job) => isCompared(job, id));
    const letters = await backend.deadLetters();
    const { seen, names } = await world.look();
    const remains = comparable(await backend.state(id), seen, names);
    const expected = await liveSequentially(accepted, names);
    const broken = [
      ...lived.brokenTicks,
      ...onceEach(
        world.deliveries.map(payloadKeysOf),
        accepted.filter(isDelivered).map(({ keys }) => keys.join(' ')),
      ),
      ...onceEach(
        [...lived.poisoned],
        letters.map(({ deliveryId }) => deliveryId),
      ).map((sentence) => `dead letters: ${sentence}`),
      ...letters
        .filter(({ deliveryId }) => !lived.poisoned.includes(deliveryId))
        .map(({ reason }) => `dead letter: ${reason}`),
      ...(githubRested(schedule)
        ? [...differences(without(remains.kept), without(expected.kept)), ...unproven(remains)]
        : [
            ...differences(remains.kept, expected.kept),
            ...differences({ ...remains.seen }, { ...expected.seen }),
          ]),
      ...seen.answers.flatMap((count, index) =>
        count === 1 ? [] : [`command ${index} was answered ${count} times`],
      ),
    ];
    return {
      schedule,
      broken,
      accepted: accepted.length,
      starts: lived.starts,
      recoveredMs: lived.recoveredMs,
      workedOffMs: lived.workedOffMs,
    };
  } finally {
    await world.end();
    await backend.drop();
  }
}

/** While GitHub takes no requests a round is put off to the next run: what it decides is then of another moment. */
function githubRested({ troubles }: FaultSchedule): boolean {
  return troubles.some(({ kind }) => kind === 'github');
}

const OF_ROUNDS: ReadonlySet<string> = new Set([
  'decisions',
  'proposals',
  'audit',
  'population',
  'care',
  'profile',
]);

/**
 * What is left without what hangs on rounds: also ticks that no run came for count as missed only once lists of runs,
 * which GitHub refused, have shown that nobody slept through them.
 */
function without(kept: Remains['kept']): Remains['kept'] {
  const left = Object.entries(kept).filter(([name]) => !OF_ROUNDS.has(name));
  return JSON.parse(JSON.stringify(Object.fromEntries(left)), (name, value) =>
    name === 'missed' ? undefined : value,
  );
}

/** What must hold of rounds, whenever they are held: one open pull request, known here, and written in the audit. */
function unproven({ kept, seen }: Remains): readonly string[] {
  const open = seen.pulls.filter(({ state }) => state === 'open').length;
  const known = pullNumbersIn(kept.proposals);
  const audited = new Set(pullNumbersIn(kept.audit));
  return [
    ...(open > 1 ? [`${open} pull requests are open`] : []),
    ...(seen.pulls.length === known.length
      ? []
      : [`${seen.pulls.length} pull requests, ${known.length} known`]),
    ...known.filter((number) => !audited.has(number)).map((number) => `#${number} stands in no audit`),
  ];
}

function pullNumbersIn(list: unknown): readonly number[] {
  return asList(list).map((entry) => numberAt(entry, 'pullNumber'));
}

/** Of the repository that lives a second time. */
function isCompared({ deliveryId, repositoryId, event }: Job, compared: number): boolean {
  return event === MAINTENANCE_EVENT ? repositoryId === compared : deliveryId.startsWith(GUIDS);
}

/** The App also tells itself by its own clock to look after what is open. */
function isDelivered({ event }: Job): boolean {
  return event !== MAINTENANCE_EVENT;
}

/** What is there too seldom or too often. */
function onceEach(expected: readonly string[], found: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const each of found) counts.set(each, (counts.get(each) ?? 0) + 1);
  const wrong = expected.flatMap((each) =>
    counts.get(each) === 1 ? [] : [`${each}: ${counts.get(each) ?? 0} times`],
  );
  const known = new Set(expected);
  return [...wrong, ...found.filter((each) => !known.has(each)).map((each) => `${each}: unexpected`)];
}

function differences(
  found: Readonly<Record<string, unknown>>,
  expected: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = new Set([...Object.keys(found), ...Object.keys(expected)]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(found[name], expected[name]))
    .map(
      (name) => `${name} differs from the sequential life: ${firstDifference(found[name], expected[name])}`,
    );
}
