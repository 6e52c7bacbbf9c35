import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { DemoWorkflow } from '../../src/demo/workflows.ts';
import { seededRandom } from '../../src/plan/random.ts';

/** Real cron sets. They are not part of the project, and what is made from them is never written into it. */
const CRON_SETS = fileURLToPath(new URL('../../../shared/data/cron-sets.json', import.meta.url));
/** So many repositories, the first ones that are neither huge nor fire every few minutes: a minute is all there is. */
const REPOSITORIES = 20;
const MOST_SCHEDULES = 8;
const MOST_TICKS_A_DAY = 30;

const CronSets = z.record(
  z.string(),
  z.array(
    z.object({
      path: z.string(),
      schedules: z.array(z.object({ cron: z.string() })),
      other_triggers: z.array(z.string()),
      jobs: z.number(),
    }),
  ),
);
type SetFile = z.infer<typeof CronSets>[string][number];

/** A repository that is made from a cron set: its workflows and how their runs behave. */
export interface SetRepository {
  readonly name: string;
  readonly workflows: readonly DemoWorkflow[];
}

/** The repositories that are made from the cron sets; `null` where those are not on this machine. */
export function setRepositories(): readonly SetRepository[] | null {
  if (!existsSync(CRON_SETS)) return null;
  const sets = CronSets.parse(JSON.parse(readFileSync(CRON_SETS, 'utf8')));
  return Object.entries(sets)
    .filter(([, files]) => {
      const crons = files.flatMap(({ schedules }) => schedules.map(({ cron }) => cron));
      return crons.length <= MOST_SCHEDULES && sum(crons.map(ticksADay)) <= MOST_TICKS_A_DAY;
    })
    .slice(0, REPOSITORIES)
    .map(([name, files], place) => ({ name, workflows: workflowsOf(files, place) }));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** About how often a cron fires on a day on which it fires: enough to leave out what would take too long. */
function ticksADay(cron: string): number {
  const [minutes = '*', hours = '*'] = cron.split(' ');
  return valuesOf(minutes, 60) * valuesOf(hours, 24);
}

function valuesOf(field: string, all: number): number {
  const step = /^(?:\*|\d+-\d+)\/(\d+)$/.exec(field)?.[1];
  if (step !== undefined) return Math.ceil(all / Number(step));
  return field === '*' ? all : field.split(',').length;
}

/** Durations, failures and pushes are drawn by the place of the repository, so that each run of this makes the same. */
function workflowsOf(files: readonly SetFile[], place: number): readonly DemoWorkflow[] {
  const random = seededRandom(1_000 + place);
  return files.map((file, number) => {
    const jobs = Array.from({ length: Math.min(4, Math.max(1, file.jobs)) }, (_, job) => `job-${job}`);
    const hasPushes = file.other_triggers.includes('push') && random() < 0.5;
    return {
      id: 100 + number,
      name: `Workflow ${number}`,
      path: file.path,
      text: workflowText(file, number, jobs),
      schedules: file.schedules.map(({ cron }) => ({ cron, timezone: 'UTC' })),
      medianSeconds: Math.round(60 * 10 ** (1.7 * random())),
      spread: 0.1 + 0.3 * random(),
      failureShare: random() < 0.7 ? 0.03 : 0.25,
      ...(random() < 0.2 ? { cacheMiss: { share: 0.2, factor: 3 } } : {}),
      ...(random() < 0.3 ? { levelShift: { afterDay: 17, factor: 1.7 } } : {}),
      pushesPerWorkday: hasPushes ? 2 : 0,
      jobs,
    };
  });
}

/** The second job waits for the first, the others run beside it. */
function workflowText(file: SetFile, number: number, jobs: readonly string[]): string {
  const triggers = file.other_triggers.filter((name) => /^[a-z_]+$/.test(name));
  return [
    `name: Workflow ${number}`,
    'on:',
    '  schedule:',
    ...file.schedules.map(({ cron }) => `    - cron: '${cron}'`),
    ...triggers.map((name) => `  ${name}:`),
    'jobs:',
    ...jobs.flatMap((job, at) => [
      `  ${job}:`,
      ...(at === 1 ? [`    needs: ${jobs[0]}`] : []),
      '    runs-on: ubuntu-latest',
      '    steps:',
      '      - run: make',
    ]),
    '',
  ].join('\n');
}
