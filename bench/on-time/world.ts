import { parseCron } from '../../src/cron/parse.ts';
import { ticksBetween } from '../../src/cron/ticks.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { memoryStore } from '../../src/store/memory-store.ts';
import { HOUR_MS, MINUTE_MS } from '../../src/time.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import { refreshOnTime } from '../../src/usecases/on-time/read-files.ts';
import type { Store } from '../../src/usecases/ports.ts';
import { NET_PATH } from '../../src/workflow/paths.ts';
import { serveRepository } from '../../src/workflow/serve-repository.ts';
import type { LatenessReplay } from '../plan/lateness-replay.ts';
import { EventTime } from './event-time.ts';
import { type CronRun, githubRuns } from './github-cron.ts';
import { APP_LOGIN, APP_SLUG, type Faults, Hub, type HubRepository } from './hub.ts';
import { type NetBill, netRunner } from './net-runner.ts';
import { type Checkout, newProcess, type Process } from './process.ts';

export interface MadeFile {
  readonly name: string;
  readonly cron: string;
  /** `finish-by` of the file, `HH:MM`; none where it is left out. */
  readonly finishBy?: string;
}

export interface MadeRepository {
  readonly installationId: number;
  readonly net: 'own' | 'cron';
  readonly files: readonly MadeFile[];
  readonly durationMs: number;
  readonly hookMs: number;
}

/** One workflow file on time, with all its ticks and what GitHub's own scheduler makes of them. */
export interface ServedSchedule {
  readonly repository: HubRepository;
  readonly path: string;
  readonly cron: string;
  readonly ticks: readonly number[];
  readonly github: readonly CronRun[];
}

export interface World {
  readonly time: EventTime;
  readonly hub: Hub;
  readonly store: Store;
  readonly schedules: readonly ServedSchedule[];
  readonly bill: NetBill;
  /** Spans in which no process was up, epoch ms. */
  readonly down: { readonly from: number; readonly to: number }[];
  /** Lets the time pass, with the process killed at these moments and begun anew after `downMs`. */
  run(to: number, kills?: readonly number[], downMs?: number): Promise<void>;
  end(): void;
}

export interface WorldOptions {
  readonly repositories: readonly MadeRepository[];
  readonly from: number;
  readonly to: number;
  readonly seed: number;
  readonly faults: Faults;
  /** Each repository has a run of something else this often, ms; none where it is left out. */
  readonly pushEveryMs?: number;
  /** GitHub's scheduler; it runs nothing where there is none. */
  readonly lateness: LatenessReplay | null;
}

/** After the last tick that counts, all are served as before. */
export const AFTERMATH_MS = 14 * HOUR_MS;

/** Repositories whose workflows were put on time by one merged pull request before the world begins. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { from, to, faults, lateness } = options;
  // The files are read before anything is due; the first requests take some of the machine's own time.
  const time = new EventTime(from - 6 * HOUR_MS);
  const random = seededRandom(options.seed);
  const hub = new Hub(time, random, faults);
  const bill: NetBill = { runs: 0, minutes: 0, failed: 0 };
  const checkouts = new Map<number, Checkout>();
  const schedules: ServedSchedule[] = [];
  const profiles = options.repositories.map((made, at) => {
    const id = at + 1;
    const name = `r${id}`;
    const { installationId, durationMs, hookMs } = made;
    const repository = hub.add({ id, installationId, name, durationMs, hookMs });
    if (options.pushEveryMs !== undefined) pushEvery(hub, repository, options.pushEveryMs);
    const checkout = checkoutOf(made);
    checkouts.set(id, checkout);
    const netText = checkout.files.find(({ path }) => path === NET_PATH)?.text;
    const runNet = netText === undefined ? null : netRunner(hub, repository, netText, bill);
    for (const file of made.files) {
      const path = pathOf(file);
      const github = lateness === null ? [] : githubRuns(file.cron, { from, to }, lateness, random);
      for (const { createdAt } of github) {
        if (createdAt === null) continue;
        const act = () =>
          runNet === null
            ? void hub.start(repository, { path, event: 'schedule', actor: 'mona' })
            : void runNet();
        time.later(act, createdAt - time.now());
      }
      schedules.push({
        repository,
        path,
        cron: file.cron,
        ticks: ticksOf(file.cron, from, to + AFTERMATH_MS),
        github,
      });
    }
    return newProfile(seenOf(id, made));
  });
  const store = memoryStore(profiles, time.now());
  const open = (): Process =>
    newProcess({
      time,
      fetch: hub.fetchAs(APP_LOGIN),
      store,
      checkoutOf: (id) => checkouts.get(id) ?? { config: '', files: [] },
    });
  let process = open();
  hub.onRun = ({ id }, run) => process.note(id, run);
  const { context } = process;
  const read = Promise.all(
    profiles.map(async (profile) =>
      refreshOnTime(context, profile.id, await context.github.connect(profile)),
    ),
  );
  let isRead = false;
  read.then(() => {
    isRead = true;
  });
  while (!isRead) await time.until(time.now() + 1);
  await time.until(from - MINUTE_MS / 2);
  process.begin();
  const down: { from: number; to: number }[] = [];
  return {
    time,
    hub,
    store,
    schedules,
    bill,
    down,
    async run(end, kills = [], downMs = 0) {
      for (const at of kills) {
        await time.until(at);
        process.kill();
        await time.until(at + downMs);
        down.push({ from: at, to: time.now() });
        process = open();
        process.begin();
      }
      await time.until(end);
    },
    end() {
      process.kill();
      time.end();
    },
  };
}

function pushEvery(hub: Hub, repository: HubRepository, everyMs: number): void {
  const push = async (): Promise<void> => {
    hub.start(repository, { path: '.github/workflows/ci.yml', event: 'push', actor: 'mona' });
  };
  // Not all at one moment.
  hub.time.later(() => hub.time.every(push, everyMs), hub.random() * everyMs);
}

const JOB = 'jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';

/** What GitHub says of a made repository. */
export function seenOf(id: number, { installationId }: MadeRepository): Parameters<typeof newProfile>[0] {
  const seen = { id, installationId, owner: 'acme', name: `r${id}`, defaultBranch: 'main' };
  return { ...seen, archived: false, fork: false, private: true };
}

export function checkoutOf({ net, files }: MadeRepository): Checkout {
  const sources = files.map((file) => ({
    path: pathOf(file),
    text: `on:\n  schedule:\n    - cron: '${file.cron}'\n${JOB}`,
  }));
  const wanted = sources.map(({ path }) => ({
    path,
    mode: 'punctual' as const,
    net,
    inputs: {},
    manualServes: false,
  }));
  const served = serveRepository(sources, wanted, { appSlug: APP_SLUG });
  const wishes = files
    .filter(({ finishBy }) => finishBy !== undefined)
    .map(({ name, finishBy }) => `  ${name}: { finish-by: '${finishBy}' }\n`);
  const rules = wishes.length === 0 ? '' : `workflows:\n${wishes.join('')}`;
  return { config: `mode: suggest\non-time: punctual\nnet: ${net}\n${rules}`, files: served.files };
}

function pathOf({ name }: MadeFile): string {
  return `.github/workflows/${name}`;
}

function ticksOf(cron: string, from: number, to: number): readonly number[] {
  return ticksBetween(parseCron(cron), 'UTC', from, to);
}
