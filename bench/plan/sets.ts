import { existsSync, readFileSync } from 'node:fs';
import { ticksPerWeek } from '../../src/cron/gaps.ts';
import { parseCron } from '../../src/cron/parse.ts';
import { indexDraw, seededRandom } from '../../src/plan/random.ts';

/** One schedule of a set. */
export interface SetSchedule {
  readonly path: string;
  readonly index: number;
  readonly cron: string;
  readonly jobs: number;
}

/** The schedules of one repository. Even places were tuned on; the odd ones are only reported. */
export interface CronSet {
  readonly name: string;
  readonly tuned: boolean;
  readonly schedules: readonly SetSchedule[];
}

/** Crons as people write them, about as often as they do. */
const MADE_CRONS = [
  ...Array.from({ length: 10 }, () => '0 0 * * *'),
  ...Array.from({ length: 8 }, () => '0 5 * * *'),
  '0 2 * * *',
  '0 2 * * *',
  '30 3 * * *',
  '0 4 * * *',
  '0 6 * * *',
  '0 9 * * *',
  '0 12 * * *',
  '15 1 * * *',
  '0 5 * * 1',
  '0 0 * * 0',
  '0 0 * * 0',
  '0 9 * * 1-5',
  '0 */6 * * *',
  '0 * * * *',
  '*/30 * * * *',
  '0 0 1 * *',
];
const MOST_JOBS = 4;
const MADE_SETS = 24;
const MADE_SIZES = [6, 8, 12, 20, 40, 80];

/** The sets of a file: repository → files → schedules. What GitHub would not run is left out. */
export function readSets(file: string): readonly CronSet[] {
  type Sets = Record<string, { path: string; jobs: number; schedules: { cron: string }[] }[]>;
  const sets = JSON.parse(readFileSync(file, 'utf8')) as Sets;
  return Object.entries(sets).map(([name, files], place) => ({
    name,
    tuned: place % 2 === 0,
    schedules: files.flatMap(({ path, jobs, schedules }) =>
      schedules
        .map(({ cron }, index) => ({ path, index, cron, jobs: Math.max(1, jobs) }))
        .filter(({ cron }) => isReadable(cron)),
    ),
  }));
}

function isReadable(cron: string): boolean {
  try {
    return ticksPerWeek(parseCron(cron)) > 0;
  } catch {
    return false;
  }
}

/** A made set of so many schedules. */
export function madeSet(count: number, seed: number): CronSet {
  const random = seededRandom(seed);
  return {
    name: `made-${count}-${seed}`,
    tuned: seed % 2 === 0,
    schedules: Array.from({ length: count }, (_, at) => ({
      path: `.github/workflows/w${at}.yml`,
      index: 0,
      cron: MADE_CRONS[indexDraw(random, MADE_CRONS.length)] ?? '0 0 * * *',
      jobs: 1 + indexDraw(random, MOST_JOBS),
    })),
  };
}

/** Made sets of several sizes. */
export function madeSets(): readonly CronSet[] {
  return Array.from({ length: MADE_SETS }, (_, at) =>
    madeSet(MADE_SIZES[at % MADE_SIZES.length] ?? 6, at + 1),
  );
}

/** The file where it is there. */
export function existing(file: string): string | null {
  return existsSync(file) ? file : null;
}
