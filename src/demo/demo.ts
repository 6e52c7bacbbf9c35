import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { fileName } from '../render/move-words.ts';
import { onTimeBranch } from '../render/on-time-proposal.ts';
import { PROPOSAL_BRANCH } from '../render/pull-request.ts';
import { wrapWords } from '../render/wrap-output.ts';
import { OWN_PROCESS } from '../serve/parts.ts';
import { startServer } from '../serve/start.ts';
import { createLog } from '../telemetry/log.ts';
import { DAY_MS, SECOND_MS } from '../time.ts';
import { type ClockWithWaits, clockWithWaits, leapingTime } from './clock.ts';
import { closingLines } from './closing.ts';
import { type Emulated, PERMISSIONS, startEmulator } from './emulator.ts';
import { generateHistory } from './history.ts';
import { installationPayload } from './installation.ts';
import type { Json } from './json.ts';
import { type DemoTick, playOnTimeDays } from './on-time-days.ts';
import { PUNCTUAL, showOnTime } from './on-time-scene.ts';
import { drawProgress } from './progress.ts';
import { replay } from './replay.ts';
import {
  ask,
  clientOf,
  diffLines,
  INDENT,
  lineCells,
  pullOf,
  type Scene,
  section,
  showPull,
  whereOf,
} from './scene.ts';
import { FOLDED, type Palette, PLAIN, renderMarkdown } from './terminal-markdown.ts';
import { DEMO_CONFIG, DEMO_WORKFLOWS, demoFiles } from './workflows.ts';

const REPOSITORY = 'octo-repo';
const DAYS = 60;
/** A Monday of the summer whose lateness the history copies. */
const FIRST_DAY = Date.UTC(2026, 5, 1);
/** Offbeat observes until it is asked for more: it puts one workflow on time, and then proposes moves. */
const SUGGEST_AFTER_DAYS = 50;
const SUGGEST_AT = FIRST_DAY + SUGGEST_AFTER_DAYS * DAY_MS;
const END = FIRST_DAY + DAYS * DAY_MS;
const SEED = 20_260_601;
/** Far from the ids that the emulator gives. */
const FIRST_RUN_ID = 8_000_000_000;
const WEBHOOK_SECRET = 'secret-of-the-demo';
/** What `app.yml` asks for, and what the setup adds where its operator chooses on time. */
const ON_TIME_PERMISSIONS = { ...PERMISSIONS, actions: 'write' } as const;

export interface DemoOptions {
  /** End after the last scene; otherwise everything stays up until the process is told to stop. */
  readonly once: boolean;
  readonly out: { write(text: string): unknown };
  /** Colours and a moving progress bar: for a terminal. */
  readonly color: boolean;
  /** Columns of the terminal; missing where there is none. */
  readonly columns?: number | undefined;
}

/**
 * Plays sixty days of a repository to the real App through signed webhooks, shows the pull request it opens, and
 * asks it for a report and, as somebody who may not, for a change. Returns 0, or 1 where one of these did not happen.
 */
export async function runDemo({ once, out, color, columns }: DemoOptions): Promise<number> {
  const say = (...lines: readonly string[]) => {
    for (const line of lines) out.write(line === '' ? '\n' : `${INDENT}${line}\n`);
  };
  const palette = color ? COLOURS : PLAIN;
  const width = lineCells(columns);
  const clock = clockWithWaits(FIRST_DAY);
  const emulated = await startEmulator({
    repositories: [{ name: REPOSITORY, files: demoFiles(DEMO_WORKFLOWS, DEMO_CONFIG) }],
    webhookSecret: WEBHOOK_SECRET,
    clock,
    permissions: ON_TIME_PERMISSIONS,
  });
  const dataDirectory = await mkdtemp(join(tmpdir(), 'offbeat-demo-'));
  try {
    const server = await startServer({
      env: {
        appId: emulated.app.id,
        privateKey: emulated.app.privateKey,
        secrets: [WEBHOOK_SECRET],
        githubApiUrl: emulated.url,
        dataDirectory,
        host: '127.0.0.1',
        port: 0,
        logLevel: 'error',
        emergencyStop: false,
        pages: {
          publicUrl: null,
          clientId: emulated.app.clientId,
          clientSecret: emulated.app.clientSecret,
          on: true,
        },
      },
      linked: { id: 1, ...emulated.people.maintainer },
      clock,
      waits: clock,
      githubTime: leapingTime(),
      stopwatch: () => performance.now(),
      // Sixty days are played in minutes: work is a share of what was played.
      ownProcess: { ...OWN_PROCESS, uptimeSeconds: () => (clock.now() - FIRST_DAY) / SECOND_MS },
      log: createLog({ level: 'error', destination: { write: (line) => process.stderr.write(line) } }),
    });
    try {
      const scene = { emulated, idle: () => settle(emulated, server), say, palette, width };
      say(
        '',
        palette.bold('Offbeat'),
        palette.dim('starts scheduled workflows on time, or moves them to better times'),
        '',
      );
      say(
        `GitHub, emulated   port ${new URL(emulated.url).port}: its REST API, for requests with a token`,
        `Offbeat            ${server.url}`,
      );
      say(`Repository         ${emulated.repository.fullName}, ${scheduleCount()} schedules`, '');
      emulated.hooks.target(`${server.url}/api/github/webhooks`);
      emulated.hooks.raise('installation', installationPayload(emulated));
      await scene.idle();
      const ticks = await playHistory(scene, server, clock, { out, color });
      say(...wrapWords(foldedSentence(once), width), '');
      const missing = [...(await showScenes(scene)), ...(await showOnTime(scene, ticks))];
      for (const sentence of missing) say(palette.removed(`✗ ${sentence}`));
      if (missing.length > 0) return 1;
      if (!once) {
        const pull = await pullOf(scene, PROPOSAL_BRANCH);
        const { token } = emulated.people.maintainer;
        say(
          ...closingLines({
            pull,
            comment: { apiUrl: pull?.issue_url ?? emulated.url, token },
            dashboard: server.signInUrl ?? server.url,
            login: emulated.people.maintainer.login,
          }),
        );
        await stopAsked();
      }
      return 0;
    } finally {
      await server.stop();
    }
  } finally {
    await emulated.stop();
    await rm(dataDirectory, { recursive: true, force: true });
  }
}

type Server = Awaited<ReturnType<typeof startServer>>;

/** Resolves when no webhook is under way and nothing waits in the App's queue. */
async function settle(emulated: Emulated, server: Server): Promise<void> {
  await emulated.hooks.settled();
  await server.idle();
  await emulated.hooks.settled();
  await server.idle();
}

async function playHistory(
  scene: Scene,
  server: Server,
  clock: ClockWithWaits,
  terminal: Pick<DemoOptions, 'out' | 'color'>,
): Promise<readonly DemoTick[]> {
  const { emulated, say } = scene;
  const maintainer = clientOf(emulated, 'maintainer');
  const where = whereOf(emulated);
  const { data: repository } = await maintainer.rest.repos.get(where);
  const { data: branch } = await maintainer.rest.repos.getBranch({
    ...where,
    branch: repository.default_branch,
  });
  const all = generateHistory({
    workflows: DEMO_WORKFLOWS,
    from: FIRST_DAY,
    days: DAYS,
    headSha: branch.commit.sha,
    defaultBranch: repository.default_branch,
    actor: emulated.people.maintainer.login,
    seed: SEED,
    firstId: FIRST_RUN_ID,
  });
  // From then on GitHub's cron is the net alone, and what starts the workflow is asked for as it happens.
  const events = all.filter(({ run }) => run.path !== PUNCTUAL.path || run.createdAt < SUGGEST_AT);
  say(
    scene.palette.bold(`${DAYS} days of runs, told in ${events.length.toLocaleString('en')} signed webhooks`),
  );
  const progress = drawProgress({ ...terminal, indent: INDENT, from: FIRST_DAY, days: DAYS });
  const played = { sent: 0, seconds: 0 };
  /** All that happens until then. */
  const playUntil = async (until: number): Promise<void> => {
    const { sent: before } = played;
    const next = events.findIndex(({ at }) => at >= until);
    const part = events.slice(before, next === -1 ? undefined : next);
    if (part.length === 0) return;
    const { sent, seconds } = await replay({
      events: part,
      url: `${server.url}/api/github/webhooks`,
      secret: WEBHOOK_SECRET,
      context: {
        repository: repository as unknown as Json,
        installationId: emulated.app.installationId,
        apiUrl: repository.url,
        sender: { login: emulated.people.maintainer.login, id: 1, type: 'User' },
      },
      clock,
      idle: scene.idle,
      runs: emulated.runs,
      onProgress: (some, _, at) => progress.update(before + some, events.length, at),
    });
    played.sent += sent;
    played.seconds += seconds;
  };
  await playUntil(SUGGEST_AT);
  const issue = await maintainer.rest.issues.create({ ...where, title: 'When do our schedules run?' });
  await ask(scene, 'maintainer', issue.data.number, '/suggest');
  await ask(scene, 'maintainer', issue.data.number, `/on-time ${fileName(PUNCTUAL.path)} punctual`);
  const pull = await pullOf(scene, onTimeBranch());
  if (pull !== undefined) await maintainer.rest.pulls.merge({ ...where, pull_number: pull.number });
  await scene.idle();
  const ticks = await playOnTimeDays({
    emulated,
    clock,
    idle: scene.idle,
    workflow: PUNCTUAL,
    from: SUGGEST_AT,
    until: END,
    seed: SEED,
    meanwhile: playUntil,
  });
  await playUntil(Number.POSITIVE_INFINITY);
  progress.end();
  const rate = Math.round(played.sent / played.seconds).toLocaleString('en');
  say(`taken, learned and decided in ${played.seconds.toFixed(1)} s (${rate} webhooks a second)`);
  const asked =
    `For ${SUGGEST_AFTER_DAYS} days Offbeat only observed. Then ${emulated.people.maintainer.login} ` +
    `commented /suggest, and put ${PUNCTUAL.name} on time, beside the others.`;
  say(...wrapWords(asked, scene.width), '');
  return ticks;
}

/** Plays the scenes in turn; returns a sentence for each thing that did not happen. */
async function showScenes(scene: Scene): Promise<readonly string[]> {
  const { say, palette } = scene;
  const pull = await pullOf(scene, PROPOSAL_BRANCH);
  if (pull === undefined) return ['Offbeat opened no pull request.'];
  const report = await commandOf(scene, 'writer', pull.number, '/report');
  const hasAnswered = (await commandOf(scene, 'reader', pull.number, '/evolve')) !== undefined;
  const files = await showPull(scene, `Pull request #${pull.number}, by ${pull.user?.login}`, pull);
  section(scene, `Files changed: ${files.length}`);
  for (const file of files) say(...diffLines(file.filename, file.patch ?? '', palette), '');
  say(`Pull request   ${pull.html_url}`, '');
  return [
    ...(files.length === 0 ? ['The pull request changes no file.'] : []),
    ...(report === undefined ? ['/report was not answered.'] : []),
    ...(hasAnswered ? ['/evolve by a reader was answered.'] : []),
  ];
}

/** Comments as a person and shows what the App answers; `undefined` where it says nothing. */
async function commandOf(
  scene: Scene,
  who: keyof Emulated['people'],
  issueNumber: number,
  command: string,
): Promise<string | undefined> {
  const { emulated, say, palette, width } = scene;
  section(scene, `${emulated.people[who].login} comments ${command}`);
  const answer = await ask(scene, who, issueNumber, command);
  say(...(answer === undefined ? wrapWords(NO_ANSWER, width) : renderMarkdown(answer, width, palette)), '');
  return answer;
}

const NO_ANSWER = '(no words: who may not write gets a reaction, so that strangers cannot make the App talk)';

/** What the mark of folded details means, and where they can be read. */
function foldedSentence(once: boolean): string {
  const page = 'the page of the pull request shows them whole';
  return (
    `${FOLDED} stands for details that GitHub folds: ` +
    (once ? `without --once the demo stays up, and ${page}.` : `${page}, at the address that follows it.`)
  );
}

function scheduleCount(): number {
  return DEMO_WORKFLOWS.reduce((count, { schedules }) => count + schedules.length, 0);
}

function stopAsked(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
  });
}

type Style = Parameters<typeof styleText>[0];

/** Colours are wanted or not by the option; the stream has no say. */
const paint = (style: Style) => (text: string) => styleText(style, text, { validateStream: false });

const COLOURS: Palette = {
  bold: paint('bold'),
  dim: paint('dim'),
  code: paint('cyan'),
  added: paint('green'),
  removed: paint('red'),
  hunk: paint('magenta'),
};
