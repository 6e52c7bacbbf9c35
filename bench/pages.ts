/**
 * What each page of the dashboard takes with many workflows: `npm run bench:pages [-- WORKFLOWS RUNS_EACH]`. A
 * generated repository is learned and planned in front of the clock; then each page is asked for as a browser asks for
 * it, without the way there and back. Printed are medians and the slowest of all rounds in time of the processor,
 * whatever else the machine is doing, and the size of what browsers load.
 */
import { gzipSync } from 'node:zlib';
import { loadAssets } from '../src/http/dashboard/assets.ts';
import { createChanges } from '../src/http/dashboard/changes.ts';
import { createDashboard } from '../src/http/dashboard/dashboard.ts';
import { createSessions } from '../src/http/session/sessions.ts';
import { findOperation, OPERATIONS } from '../src/operations/table.ts';
import { learnHistory } from '../src/usecases/learning/learn-history.ts';
import { scheduleVersion } from '../src/usecases/learning/schedule-version.ts';
import { filesOf, memoryContext, NOW, profileOf, runsOf } from './doors/repositories.ts';

const WORKFLOWS = 500;
const RUNS_EACH = 20;
/** The first rounds warm the compiler up. */
const WARM_ROUNDS = 2;
const ROUNDS = 20;
const REPOSITORY = 1;
const PAGES = [
  '',
  '/week',
  '/day',
  '/lateness',
  '/forecasts',
  '/strategies',
  '/decisions',
  '/decisions/d1',
  '/proposals',
  '/safety',
  '/log',
  '/commands',
];

async function main(workflows: number, each: number): Promise<void> {
  const files = filesOf(workflows);
  const version = scheduleVersion({ sha: 'head', files }, NOW);
  const runs = runsOf(workflows, each);
  const { learned } = learnHistory(runs, version);
  const filled = { profile: profileOf(REPOSITORY), runs, learned, scheduleVersions: [version] };
  const context = memoryContext(files, { now: () => NOW }, new Map([[REPOSITORY, filled]]));
  await findOperation('optimize')?.answer({}, { context, repositoryId: REPOSITORY, actor: null });
  const sessions = createSessions({
    secret: 'of the bench',
    secure: false,
    clock: { now: () => Date.now() },
    ended: { add: async () => true, has: async () => false },
  });
  const cookie = (await sessions.begin({ id: 1, login: 'mona' }, 'token', null)).split(';', 1)[0] ?? '';
  const dashboard = await createDashboard({
    context,
    operations: OPERATIONS,
    people: {
      sessions,
      access: { rightsOf: async () => new Map([[REPOSITORY, 'admin' as const]]), forget: () => undefined },
      signIn: {
        begin: async () => ({ location: '/', setCookie: '' }),
        finish: () => Promise.reject(new Error('Nobody signs in here.')),
        forget: () => '',
        revoke: async () => undefined,
      },
    },
    missing: [],
    webUrl: 'https://github.com',
    publicUrl: 'http://localhost',
    changes: createChanges(),
    lockRepository: (_, work) => work(),
    log: context.log,
  });
  console.log(`${workflows} workflows × ${each} runs, ${ROUNDS} rounds`);
  for (const path of ['/', ...PAGES.map((page) => `/repositories/${REPOSITORY}${page}`)]) {
    const milliseconds: number[] = [];
    let bytes = 0;
    for (let round = -WARM_ROUNDS; round < ROUNDS; round += 1) {
      const before = process.cpuUsage();
      const response = await dashboard.fetch(new Request(`http://localhost${path}`, { headers: { cookie } }));
      const body = await response.text();
      if (response.status !== 200) throw new Error(`${path} answers ${response.status}.`);
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) milliseconds.push((user + system) / 1_000);
      bytes = body.length;
    }
    milliseconds.sort((a, b) => a - b);
    const [median, slowest] = [milliseconds[ROUNDS / 2] ?? Number.NaN, milliseconds.at(-1) ?? Number.NaN];
    console.log(
      `${path.padEnd(28)} ${median.toFixed(1).padStart(7)} ms  slowest ${slowest.toFixed(1).padStart(7)} ` +
        `ms  ${(bytes / 1_000).toFixed(0).padStart(5)} kB`,
    );
  }
  await printSizes();
}

async function printSizes(): Promise<void> {
  const { urls, find } = await loadAssets();
  let all = 0;
  for (const path of [urls.plot, ...urls.scripts]) {
    const body = find(path)?.body ?? '';
    all += body.length;
    console.log(`${path.padEnd(28)} ${body.length} bytes, ${gzipSync(body).length} compressed`);
  }
  console.log(`scripts in all               ${all} bytes`);
}

await main(Number(process.argv[2] ?? WORKFLOWS), Number(process.argv[3] ?? RUNS_EACH));
