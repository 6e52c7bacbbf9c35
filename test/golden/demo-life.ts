import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { runCli } from '../../src/cli/program.ts';
import { type ClockWithWaits, clockWithWaits, leapingTime } from '../../src/demo/clock.ts';
import { type Emulated, PERMISSIONS, startEmulator } from '../../src/demo/emulator.ts';
import { generateHistory, type HistoryEvent } from '../../src/demo/history.ts';
import { hookHeaders } from '../../src/demo/hook-deliveries.ts';
import { HookPipe } from '../../src/demo/hook-pipe.ts';
import { installationPayload } from '../../src/demo/installation.ts';
import type { Json } from '../../src/demo/json.ts';
import { playOnTimeDays } from '../../src/demo/on-time-days.ts';
import { PUNCTUAL } from '../../src/demo/on-time-scene.ts';
import { jobView, type PayloadContext, runView } from '../../src/demo/payloads.ts';
import { hexadecimal } from '../../src/demo/random.ts';
import { webhookOf } from '../../src/demo/replay.ts';
import { DEMO_CONFIG, DEMO_WORKFLOWS, demoFiles } from '../../src/demo/workflows.ts';
import { seededRandom } from '../../src/plan/random.ts';
import { fileName } from '../../src/render/move-words.ts';
import { onTimeBranch } from '../../src/render/on-time-proposal.ts';
import { type RunningServer, startServer } from '../../src/serve/start.ts';
import { openStore } from '../../src/serve/storage.ts';
import { copyStore } from '../../src/store/copy-store.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { ContractWatch } from '../contract/contract-watch.ts';
import { silenceAlarms } from '../e2e/silence-alarms.ts';
import { quickDirectory } from '../quick-directory.ts';
import { addForecasts } from './forecasts.ts';
import { TextCollector, type Texts, terminalText } from './texts.ts';

const WEBHOOK_SECRET = 'secret-of-the-golden-run';
/** A Monday of the summer whose lateness the history copies. */
const FIRST_DAY = Date.UTC(2026, 5, 1);
const DAY_MS = 86_400_000;
const DAYS = 60;
/** The maintainer asks for proposals on this day. */
const SUGGEST_AFTER_DAYS = 58;
const SEED = 20_260_601;
/** Below the ids that the emulated GitHub gives. */
const FIRST_RUN_ID = 8_000_000_000;
/** Webhooks of so long are sent together. */
const SPAN_MS = 2 * 3_600_000;

/**
 * What the maintainer asks in comments when the sixty days are over, in this order; some of it changes something. What
 * else there is to ask is asked of the repositories of the cron sets, which takes less time.
 */
const COMMENTS = [
  '/help',
  '/report',
  '/health',
  '/explain morning-report.yml',
  '/predict morning-report.yml --at 02:10',
  '/predict no-such-workflow.yml',
  '/simulate --days 14',
  '/offbeat reprot',
  '/optimize security-scan.yml',
  '/pin e2e.yml',
  '/ignore sync-data.yml',
  '/unignore sync-data.yml',
  '/snooze 7d',
  '/undo',
  '/pause',
  '/resume',
  '/observe',
  '/export',
] as const;

/**
 * What is asked in a terminal of the data directory that the App has left, in this order. The audit is not among it:
 * that schedules have fallen silent is noted by timed work, which hangs on how fast this machine is.
 */
const COMMANDS: readonly (readonly string[])[] = [
  ['report'],
  ['report', '--json'],
  ['health'],
  ['history', '--per-page', '100', '--json'],
  ['insights', '--json'],
  ['predict', 'nightly-build.yml'],
  ['strategies', '--json'],
  ['decisions', '--per-page', '100', '--json'],
  ['decision', 'd1'],
  ['decision', 'd1', '--json'],
  ['proposals', '--json'],
];

/**
 * Plays the demo's sixty days to the App as it runs in production, before an emulated GitHub, and records what people
 * see: pull requests, comments, issues, answers in comments and in a terminal, decisions; and the forecasts of the
 * store.
 */
export async function recordDemo(): Promise<Texts> {
  const collector = new TextCollector();
  const clock = clockWithWaits(FIRST_DAY);
  const contract = new ContractWatch();
  const emulated = await startEmulator({
    repositories: [{ name: 'octo-repo', files: demoFiles(DEMO_WORKFLOWS, DEMO_CONFIG) }],
    webhookSecret: WEBHOOK_SECRET,
    clock,
    // The operator has chosen on time.
    permissions: { ...PERMISSIONS, actions: 'write' },
    observe: contract.observe,
  });
  const directory = await quickDirectory('offbeat-golden-');
  const dataDirectory = join(directory, 'data');
  const log = createLog({ level: 'error', destination: { write: (line) => process.stderr.write(line) } });
  const env = {
    appId: emulated.app.id,
    privateKey: emulated.app.privateKey,
    secrets: [WEBHOOK_SECRET] as const,
    githubApiUrl: emulated.url,
    dataDirectory,
    host: '127.0.0.1',
    port: 0,
    logLevel: 'error' as const,
    emergencyStop: false,
  };
  try {
    const server = await startServer({ env, clock, log, waits: clock, githubTime: leapingTime() });
    const scene: Scene = { emulated, server, clock, collector };
    try {
      emulated.hooks.target(`${server.url}/api/github/webhooks`);
      emulated.hooks.raise('installation', installationPayload(emulated));
      await settle(scene);
      await playSixtyDays(scene);
      await askInComments(scene);
      await collectGitHub(scene);
    } finally {
      await server.stop();
    }
    await askInTerminal({ collector, clock, directory, dataDirectory });
    const { store, close } = await openStore({ env, clock, log });
    try {
      await addForecasts(collector, store, emulated.repository.id, clock.now());
      const audit = (await store.load(emulated.repository.id))?.audit ?? [];
      const alarms = silenceAlarms(emulated, audit);
      const wrong = alarms.filter(({ isFalse }) => isFalse).map(({ file, tick }) => `${file} ${tick}`);
      // How many there are hangs on when timed work looks, so none of it is recorded.
      if (alarms.length === 0 || wrong.length > 0) {
        throw new Error(
          `${wrong.length} of ${alarms.length} alarms of silence are false: ${wrong.join(', ')}`,
        );
      }
    } finally {
      await close();
    }
    contract.assertKept(emulated.hooks.all);
  } finally {
    await emulated.stop();
    await rm(directory, { recursive: true, force: true });
  }
  return collector.texts;
}

interface Scene {
  readonly emulated: Emulated;
  readonly server: RunningServer;
  readonly clock: ClockWithWaits;
  readonly collector: TextCollector;
}

/** Resolves when no webhook is under way and nothing waits; an answer of the App may raise another webhook. */
async function settle({ emulated, server }: Pick<Scene, 'emulated' | 'server'>): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    await emulated.hooks.settled();
    await server.idle();
  }
}

function clientOf(emulated: Emulated, who: keyof Emulated['people']): Octokit {
  return new Octokit({ baseUrl: emulated.url, auth: emulated.people[who].token });
}

function whereOf({ repository }: Emulated): { readonly owner: string; readonly repo: string } {
  return { owner: repository.owner, repo: repository.name };
}

async function playSixtyDays(scene: Scene): Promise<void> {
  const { emulated, collector } = scene;
  const maintainer = clientOf(emulated, 'maintainer');
  const where = whereOf(emulated);
  const { data: repository } = await maintainer.rest.repos.get(where);
  const branch = await maintainer.rest.repos.getBranch({ ...where, branch: repository.default_branch });
  const events = generateHistory({
    workflows: DEMO_WORKFLOWS,
    from: FIRST_DAY,
    days: DAYS,
    headSha: branch.data.commit.sha,
    defaultBranch: repository.default_branch,
    actor: emulated.people.maintainer.login,
    seed: SEED,
    firstId: FIRST_RUN_ID,
  });
  const context = {
    repository: repository as unknown as Json,
    installationId: emulated.app.installationId,
    apiUrl: repository.url,
    sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
  };
  const guids = seededRandom(SEED);
  const suggestAt = FIRST_DAY + SUGGEST_AFTER_DAYS * DAY_MS;
  // From then on GitHub's cron is the net alone.
  const spans = Map.groupBy(
    events.filter(({ run }) => run.path !== PUNCTUAL.path || run.createdAt < suggestAt),
    ({ at }) => Math.floor(at / SPAN_MS),
  );
  const playUntil = async (until: number): Promise<void> => {
    for (const [number, span] of spans) {
      if ((number + 1) * SPAN_MS > until) return;
      spans.delete(number);
      await playSpan(scene, span, context, guids);
    }
  };
  await playUntil(suggestAt);
  const issue = await maintainer.rest.issues.create({ ...where, title: 'When do our schedules run?' });
  collector.add('comment/suggest', await comment(scene, 'maintainer', issue.data.number, '/suggest'));
  const wish = `/on-time ${fileName(PUNCTUAL.path)} punctual`;
  collector.add('comment/on-time', await comment(scene, 'maintainer', issue.data.number, wish));
  const { data: pulls } = await maintainer.rest.pulls.list({ ...where, state: 'open' });
  const pull = pulls.find(({ head }) => head.ref === onTimeBranch());
  if (pull !== undefined) await maintainer.rest.pulls.merge({ ...where, pull_number: pull.number });
  await settle(scene);
  await playOnTimeDays({
    emulated,
    clock: scene.clock,
    idle: () => settle(scene),
    workflow: PUNCTUAL,
    from: suggestAt,
    until: FIRST_DAY + DAYS * DAY_MS,
    seed: SEED,
    meanwhile: playUntil,
  });
  await playUntil(Number.POSITIVE_INFINITY);
}

/**
 * Sends the webhooks of a short span as if all of it had happened at its end: the App dates its work by the moment of
 * the delivery, which must not hang on how busy this machine is.
 */
async function playSpan(
  scene: Scene,
  span: readonly HistoryEvent[],
  context: PayloadContext,
  guids: () => number,
): Promise<void> {
  const { emulated, server, clock } = scene;
  clock.set(span.at(-1)?.at ?? 0);
  for (const { kind, run } of span) {
    if (kind !== 'completed') continue;
    const jobs = run.jobs.map((job) => jobView(run, job, context));
    emulated.runs.record(runView('completed', run, context), jobs);
  }
  const pipe = new HookPipe(`${server.url}/api/github/webhooks`);
  const answers: Promise<number>[] = [];
  for (const event of span) {
    const { name, payload } = webhookOf(event, context);
    const body = JSON.stringify(payload);
    const headers = hookHeaders({
      event: name,
      guid: hexadecimal(guids, 32),
      body,
      secret: WEBHOOK_SECRET,
    });
    answers.push((await pipe.send(headers, body)).answered);
  }
  const refused = (await Promise.all(answers)).find((status) => status !== 202);
  if (refused !== undefined) throw new Error(`The App answered ${refused} to a webhook.`);
  pipe.close();
  await settle(scene);
}

async function askInComments(scene: Scene): Promise<void> {
  const { emulated, collector } = scene;
  const issue = await clientOf(emulated, 'maintainer').rest.issues.create({
    ...whereOf(emulated),
    title: 'Questions',
  });
  const number = issue.data.number;
  collector.add('comment/refused to a reader', await comment(scene, 'reader', number, '/evolve'));
  for (const body of COMMENTS) {
    collector.add(`comment/${body.slice(1)}`, await comment(scene, 'maintainer', number, body));
  }
}

/** Comments as a person; returns what the App answers to it, empty where it says nothing. */
async function comment(
  scene: Scene,
  who: keyof Emulated['people'],
  issueNumber: number,
  body: string,
): Promise<string> {
  const { emulated } = scene;
  const where = { ...whereOf(emulated), issue_number: issueNumber };
  const client = clientOf(emulated, who);
  const asked = await client.rest.issues.createComment({ ...where, body });
  await settle(scene);
  const comments = await client.paginate(client.rest.issues.listComments, { ...where, per_page: 100 });
  return comments
    .filter((one) => one.id > asked.data.id && one.user?.type === 'Bot')
    .map((one) => placeless(scene, one.body ?? ''))
    .join('\n\n');
}

/**
 * What the App has written on GitHub that is not an answer: pull requests with their files, issues, what stands beside
 * them.
 */
async function collectGitHub(scene: Scene): Promise<void> {
  const { emulated, collector } = scene;
  const where = whereOf(emulated);
  const client = clientOf(emulated, 'maintainer');
  const issues = await client.paginate(client.rest.issues.listForRepo, {
    ...where,
    state: 'all',
    per_page: 100,
  });
  for (const issue of issues.filter((one) => one.user?.type === 'Bot' && one.pull_request === undefined)) {
    collector.add(
      `issue ${issue.number}`,
      placeless(scene, `${issue.title}\n${issue.state}\n\n${issue.body}`),
    );
  }
  const { data: pulls } = await client.rest.pulls.list({ ...where, state: 'all', per_page: 100 });
  for (const pull of pulls) {
    const name = `pull request ${pull.number}`;
    collector.add(`${name}/title`, `${pull.title}\n${pull.head.ref} → ${pull.base.ref}, ${pull.state}`);
    collector.add(`${name}/body`, placeless(scene, pull.body ?? ''));
    const { data: files } = await client.rest.pulls.listFiles({ ...where, pull_number: pull.number });
    collector.add(`${name}/files`, files.map((file) => `${file.filename}\n${file.patch}`).join('\n\n'));
    const comments = await client.paginate(client.rest.issues.listComments, {
      ...where,
      issue_number: pull.number,
      per_page: 100,
    });
    collector.add(
      `${name}/comments`,
      comments.map((one) => placeless(scene, `${one.user?.login}: ${one.body}`)).join('\n\n'),
    );
  }
  const writes = emulated.requests.filter(
    ({ method, status, caller }) => caller === 'installation' && method !== 'GET' && status < 300,
  );
  collector.add(
    'writes to GitHub',
    writes
      .map(({ method, path }) => `${method} ${path}`)
      .join('\n')
      .replaceAll(/[0-9a-f]{40}/g, 'SHA'),
  );
}

/**
 * A text without what differs from one run to the next: ports of this machine, and names of commits that hold a time.
 */
function placeless({ emulated, server }: Pick<Scene, 'emulated' | 'server'>, text: string): string {
  return text
    .replaceAll(emulated.url, 'https://github.example')
    .replaceAll(server.url, 'https://offbeat.example')
    .replaceAll(/\b[0-9a-f]{40}\b/g, 'SHA');
}

/** Copies the store: each command would read the journal of sixty days, of which the copy has nothing. */
async function copyOf(dataDirectory: string, clock: ClockWithWaits, directory: string): Promise<string> {
  const copy = join(directory, 'copy');
  const log = createLog({ level: 'silent' });
  const from = await openStore({ env: { dataDirectory }, clock, log });
  const to = await openStore({ env: { dataDirectory: copy }, clock, log });
  try {
    await copyStore(from.store, to.store);
  } finally {
    await from.close();
    await to.close();
  }
  return copy;
}

async function askInTerminal({
  collector,
  clock,
  directory,
  dataDirectory,
}: Pick<Scene, 'collector' | 'clock'> & {
  readonly directory: string;
  readonly dataDirectory: string;
}): Promise<void> {
  const checkout = join(directory, 'checkout');
  for (const { path, text } of demoFiles(DEMO_WORKFLOWS, DEMO_CONFIG)) {
    await mkdir(join(checkout, dirname(path)), { recursive: true });
    await writeFile(join(checkout, path), text);
  }
  const ask = async (name: string, args: readonly string[]): Promise<void> => {
    const written: string[] = [];
    const write = (text: string) => void written.push(text);
    const code = await runCli(args, { write, error: write, color: false, columns: 100 }, clock);
    const text = `${terminalText(name, written.join('\n'))}\nexit code ${code}`;
    // Commits are named by a time, proposals by an address with a port; some times are those of the reader's own zone.
    collector.add(
      `terminal/${name}`,
      text
        .replaceAll(directory, 'DIRECTORY')
        .replaceAll(/^.* your time\n/gm, '')
        .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://github.example')
        .replaceAll(/\b[0-9a-f]{40}\b/g, 'SHA'),
    );
  };
  await ask('check', ['check', checkout]);
  await ask('plan of the files alone', ['plan', checkout]);
  await ask('simulate the files alone', ['simulate', checkout, '--days', '7']);
  const stored = ['--data', await copyOf(dataDirectory, clock, directory), '--dir', checkout];
  for (const [name = '', ...words] of COMMANDS) {
    await ask([name, ...words].join(' '), [name, 'octo-org/octo-repo', ...words, ...stored]);
  }
}
