/**
 * Lives a year of fifty daily workflows in the documents that the Action keeps, and measures them:
 *   node scripts/action-year.ts [--workflows 50] [--days 365] [--plan-every 1]
 * Ends with 1 where they have more than 5 MB.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parseConfig } from '../src/config/parse.ts';
import { sourcesReader } from '../src/github/given-files.ts';
import { seededRandom } from '../src/plan/random.ts';
import { openStateFiles } from '../src/store/state-files.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../src/time.ts';
import type { Context } from '../src/usecases/context.ts';
import { meetRepository } from '../src/usecases/known-repository.ts';
import { observeRun } from '../src/usecases/learning/observe-run.ts';
import { readVersion } from '../src/usecases/learning/read-version.ts';
import { keepReport } from '../src/usecases/maintenance/keep-report.ts';
import { planRepository } from '../src/usecases/planning/plan-repository.ts';

const MOST_MEGABYTES = 5;
const START = Date.UTC(2026, 0, 5);
const REPOSITORY = 1;

const { values } = parseArgs({
  options: {
    workflows: { type: 'string', default: '50' },
    days: { type: 'string', default: '365' },
    'plan-every': { type: 'string', default: '1' },
  },
});
const workflows = Number(values.workflows);
const random = seededRandom(1);
const files = Array.from({ length: workflows }, (_, at) => ({
  path: `.github/workflows/job-${at}.yml`,
  text:
    `name: Job ${at}\non:\n  schedule:\n    - cron: '${(at * 7) % 60} ${at % 6} * * *'\n` +
    'jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{ run: make }]\n',
}));
let now = START;
const ignore = (): void => undefined;
const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const clock = { now: () => now };
const temporary = mkdtempSync(join(tmpdir(), 'offbeat-year-'));
try {
  const state = await openStateFiles(new Map(), REPOSITORY, { temporary, log, clock });
  const reader = sourcesReader(
    async () => files,
    async () => parseConfig(''),
  );
  const context: Context = {
    store: state.store,
    github: {
      connect: async () => ({ appLogin: '', reader, writer: null, permissionOf: async () => 'none' }),
    },
    clock,
    log,
    emergencyStop: false,
    commands: [],
  };
  const seen = {
    id: REPOSITORY,
    installationId: 0,
    owner: 'acme',
    name: 'site',
    defaultBranch: 'main',
    archived: false,
    fork: false,
    private: false,
  };
  await readVersion(context, await meetRepository(context, seen));
  for (let day = 0; day < Number(values.days); day += 1) {
    for (const [at, { path }] of files.entries()) {
      const tick = START + day * DAY_MS + (at % 6) * HOUR_MS + ((at * 7) % 60) * MINUTE_MS;
      const createdAt = tick + Math.floor(random() * 200) * MINUTE_MS;
      const durationSeconds = 300 + Math.floor(random() * 600);
      now = createdAt + durationSeconds * 1_000;
      await observeRun(context, seen, {
        id: 9_000_000_000 + day * workflows + at,
        attempt: 1,
        workflowId: at + 1,
        path,
        event: 'schedule',
        headSha: 'checkout',
        headBranch: 'main',
        actor: 'maintainer',
        createdAt,
        startedAt: createdAt,
        endedAt: now,
        conclusion: random() < 0.95 ? 'success' : 'failure',
        jobsStartedAt: createdAt + 10_000,
        jobsEndedAt: now,
        durationSeconds,
        queueSeconds: 10,
        scheduleKey: null,
        tick: null,
        ambiguous: false,
      });
    }
    if (day > 14 && day % Number(values['plan-every']) === 0) {
      await planRepository(context, { repositoryId: REPOSITORY, trigger: 'run' });
    }
  }
  await keepReport(context, REPOSITORY);
  const blobs = Object.fromEntries(files.map(({ path, text }) => [path.padEnd(40, '0'), text]));
  const texts = await state.close({ version: 1, readFrom: now, blobs });
  const sizes = [...texts].map(
    ([path, text]) => [path.split('/').at(-1) ?? '', Buffer.byteLength(text)] as const,
  );
  for (const [name, bytes] of sizes) console.log(`${(bytes / 2 ** 20).toFixed(2).padStart(6)} MB  ${name}`);
  const all = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
  console.log(`${(all / 2 ** 20).toFixed(2).padStart(6)} MB  together`);
  if (all > MOST_MEGABYTES * 2 ** 20) process.exitCode = 1;
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
