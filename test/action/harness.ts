import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Octokit } from '@octokit/rest';
import { ProbotOctokit } from 'probot';
import type { ActionIo, Place } from '../../src/action/io.ts';
import { runAction } from '../../src/action/run-action.ts';
import { leapingTime, type SettableClock, settableClock } from '../../src/demo/clock.ts';
import { type Emulated, type EmulatorOptions, startEmulator } from '../../src/demo/emulator.ts';
import { generateHistory, type HistoryEvent } from '../../src/demo/history.ts';
import { asJson } from '../../src/demo/json.ts';
import { jobView, type PayloadContext, runView } from '../../src/demo/payloads.ts';
import { RunRegistry } from '../../src/demo/run-registry.ts';
import { type DemoWorkflow, demoFiles } from '../../src/demo/workflows.ts';
import { ContractWatch } from '../contract/contract-watch.ts';
import { DAILY_WORKFLOWS } from '../e2e/story.ts';
import { PRIVATE_KEY } from '../private-key.ts';

/** A Monday. */
export const FIRST_DAY = Date.UTC(2026, 5, 1);
export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const STATE = '.github/workflow-history/meta-learning';

const STEPS_OF_A_TOKEN = 100;

/** What one step has written. */
export interface Ran {
  readonly outputs: ReadonlyMap<string, string>;
  readonly said: readonly string[];
  readonly annotations: readonly (Place & { readonly level: string; readonly message: string })[];
  readonly summary: string;
  /** `null` where the step has succeeded. */
  readonly failure: string | null;
}

export interface StepOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: string;
  readonly payload?: object;
  readonly env?: Readonly<Record<string, string>>;
  readonly time?: ReturnType<typeof leapingTime>;
  readonly mostCalls?: number;
}

/** A repository on an emulated GitHub, and a runner that runs steps in it. */
export interface World {
  readonly emulated: Emulated;
  readonly clock: SettableClock;
  readonly where: { readonly owner: string; readonly repo: string };
  readonly maintainer: Octokit;
  /** Lets runs happen: those that have ended by the clock's time are listed, with the jobs that webhooks tell of. */
  live(events: readonly HistoryEvent[]): void;
  history(days: number, workflows?: readonly DemoWorkflow[]): Promise<readonly HistoryEvent[]>;
  run(options?: StepOptions): Promise<Ran>;
  /** Environment and files of a runner, in a directory of its own. */
  environment(options?: StepOptions): Promise<Record<string, string>>;
  /** Text of a document on the state branch; `null` where there is none. */
  document(name: string): Promise<string | null>;
  /** Of all files on the state branch. */
  stateBytes(): Promise<number>;
  readonly directory: string;
}

export interface WorldOptions {
  readonly workflows?: readonly DemoWorkflow[];
  readonly config?: string;
  /** Besides those of the workflows. */
  readonly files?: ReturnType<typeof demoFiles>;
  readonly appSlug?: string;
  readonly permissions?: EmulatorOptions['permissions'];
}

/** Starts the world, runs `test`, and takes it down. */
export async function withWorld(options: WorldOptions, test: (world: World) => Promise<void>): Promise<void> {
  const clock = settableClock(FIRST_DAY);
  const contract = new ContractWatch();
  const workflows = options.workflows ?? DAILY_WORKFLOWS;
  const emulated = await startEmulator({
    repositories: [
      { name: 'octo-repo', files: [...demoFiles(workflows, options.config), ...(options.files ?? [])] },
    ],
    webhookSecret: 'nobody-listens',
    clock,
    runs: new RunRegistry(),
    observe: contract.observe,
    privateKey: PRIVATE_KEY,
    ...(options.appSlug === undefined ? {} : { appSlug: options.appSlug }),
    ...(options.permissions === undefined ? {} : { permissions: options.permissions }),
  });
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-runner-'));
  try {
    await test(await worldOf(emulated, clock, workflows, directory));
    contract.assertKept([]);
  } finally {
    await emulated.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

async function worldOf(
  emulated: Emulated,
  clock: SettableClock,
  workflows: readonly DemoWorkflow[],
  directory: string,
): Promise<World> {
  const where = { owner: emulated.repository.owner, repo: emulated.repository.name };
  const maintainer = new Octokit({
    baseUrl: emulated.url,
    auth: emulated.people.maintainer.token,
    log: QUIET,
  });
  const { data: repository } = await maintainer.rest.repos.get(where);
  const context: PayloadContext = {
    repository: asJson(repository),
    installationId: emulated.app.installationId,
    apiUrl: repository.url,
    sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
  };
  let token = await installationToken(emulated);
  let steps = 0;

  const environment = async ({
    inputs = {},
    event = 'schedule',
    payload = {},
    env = {},
  }: StepOptions = {}) => {
    steps += 1;
    // A token may ask 5,000 times an hour on the wall, which is weeks of a simulated life.
    if (steps % STEPS_OF_A_TOKEN === 0) token = await installationToken(emulated);
    const home = join(directory, `step-${steps}`);
    await mkdir(join(home, 'temp'), { recursive: true });
    const files = { event: 'event.json', output: 'output', summary: 'summary' };
    await writeFile(join(home, files.event), JSON.stringify({ repository, ...payload }));
    await writeFile(join(home, files.output), '');
    await writeFile(join(home, files.summary), '');
    return {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: `${where.owner}/${where.repo}`,
      GITHUB_API_URL: emulated.url,
      GITHUB_EVENT_NAME: event,
      GITHUB_EVENT_PATH: join(home, files.event),
      GITHUB_OUTPUT: join(home, files.output),
      GITHUB_STEP_SUMMARY: join(home, files.summary),
      GITHUB_RUN_ID: String(7_000_000 + steps),
      GITHUB_RUN_ATTEMPT: '1',
      GITHUB_ACTOR: 'maintainer',
      GITHUB_WORKFLOW_REF: `${where.owner}/${where.repo}/.github/workflows/nightly.yml@refs/heads/main`,
      RUNNER_TEMP: join(home, 'temp'),
      INPUT_TOKEN: token,
      ...Object.fromEntries(Object.entries(inputs).map(([name, value]) => [inputName(name), value])),
      ...env,
    };
  };

  return {
    emulated,
    clock,
    where,
    maintainer,
    directory,
    environment,
    live(events) {
      for (const event of events) {
        const { run } = event;
        if (event.at > clock.now()) continue;
        if (event.kind === 'requested' && run.endedAt > clock.now()) {
          emulated.runs.record(runView('requested', run, context));
        }
        if (event.kind !== 'completed') continue;
        const told = events.flatMap((one) => (one.kind === 'job' && one.run === run ? [one.job] : []));
        const jobs = told.map((job) => jobView(run, job, context));
        emulated.runs.record(runView('completed', run, context), jobs);
      }
    },
    async history(days, lived = workflows) {
      const { data } = await maintainer.rest.repos.getBranch({ ...where, branch: 'main' });
      return historyAt(data.commit.sha, emulated.people.maintainer.login, days, lived);
    },
    async run(options = {}) {
      const env = await environment(options);
      const kept = keepingIo(env);
      await runAction({
        io: kept.io,
        env,
        clock,
        time: options.time ?? leapingTime(),
        ...(options.mostCalls === undefined ? {} : { mostCalls: options.mostCalls }),
        random: () => 0.5,
      });
      return kept.ran();
    },
    async stateBytes() {
      const { data } = await maintainer.rest.git.getTree({
        ...where,
        tree_sha: 'offbeat-data',
        recursive: '1',
      });
      return data.tree.reduce((sum, { size = 0 }) => sum + size, 0);
    },
    async document(name) {
      try {
        const { data } = await maintainer.rest.repos.getContent({
          ...where,
          path: `${STATE}/${name}`,
          ref: 'offbeat-data',
        });
        return 'content' in data ? Buffer.from(data.content, 'base64').toString('utf8') : null;
      } catch {
        return null;
      }
    },
  };
}

/** Writes a comment as somebody, and runs the step that GitHub starts for it. */
export async function comment(world: World, login: 'maintainer' | 'reader' | 'stranger', body: string) {
  const { maintainer, where, emulated } = world;
  const { data: issue } = await maintainer.rest.issues.create({ ...where, title: 'Talk' });
  const { data } = await maintainer.rest.issues.createComment({ ...where, issue_number: issue.number, body });
  const user = { login: emulated.people[login].login, id: 1, type: 'User' };
  const { data: repository } = await maintainer.rest.repos.get(where);
  const payload = { action: 'created', issue, comment: { ...data, user }, repository };
  const ran = await world.run({ event: 'issue_comment', payload });
  const { data: comments } = await maintainer.rest.issues.listComments({
    ...where,
    issue_number: issue.number,
  });
  const answers = comments.filter((one) => one.user?.login === 'offbeat[bot]').map((one) => one.body ?? '');
  return { ran, answers, commentId: data.id };
}

/** Runs of some days from the first one on, the same for the same arguments. */
export function historyAt(
  headSha: string,
  actor: string,
  days: number,
  workflows: readonly DemoWorkflow[],
): readonly HistoryEvent[] {
  const events = generateHistory({
    workflows,
    from: FIRST_DAY,
    days,
    headSha,
    defaultBranch: 'main',
    actor,
    seed: 1,
    firstId: 9_000_000_000,
  });
  // GitHub lists the newest attempt of a run alone; a webhook tells of each.
  return events.filter(({ run }) => run.attempt === 1);
}

/** As GitHub makes a token for a workflow, or `actions/create-github-app-token` one of an App. */
async function installationToken({ url, app }: Emulated): Promise<string> {
  const octokit = new ProbotOctokit({
    baseUrl: url,
    auth: { appId: app.id, privateKey: app.privateKey },
    throttle: { enabled: false },
    log: QUIET,
  });
  const { data } = await octokit.rest.apps.createInstallationAccessToken({
    installation_id: app.installationId,
  });
  return data.token;
}

/** As a runner names the variable of an input. */
export function inputName(name: string): string {
  return `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
}

function keepingIo(env: Readonly<Record<string, string>>) {
  const outputs = new Map<string, string>();
  const said: string[] = [];
  const annotations: Ran['annotations'][number][] = [];
  const summaries: string[] = [];
  let failure: string | null = null;
  const annotate = (level: string) => (message: string, place?: Place) => {
    if (place === undefined) said.push(`${level}: ${message}`);
    else annotations.push({ ...place, level, message });
  };
  const io: ActionIo = {
    input: (name) => env[inputName(name)] ?? '',
    output: (name, value) => void outputs.set(name, String(value)),
    debug: () => undefined,
    info: (text) => void said.push(text),
    notice: annotate('notice'),
    warning: annotate('warning'),
    error: annotate('error'),
    summarise: async (markdown) => void summaries.push(markdown),
    fail: (sentence) => {
      failure = sentence;
    },
  };
  const ran = (): Ran => ({ outputs, said, annotations, summary: summaries.join('\n'), failure });
  return { io, ran };
}

const ignore = () => undefined;
const QUIET = { debug: ignore, info: ignore, warn: ignore, error: ignore };
