import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { Octokit } from '@octokit/rest';
import { PROPOSAL_BRANCH } from '../render/pull-request.ts';
import { startServer } from '../serve/start.ts';
import { createLog } from '../telemetry/log.ts';
import { leapingTime, settableClock } from './clock.ts';
import { type Emulated, startEmulator } from './emulator.ts';
import { generateHistory } from './history.ts';
import { installationPayload } from './installation.ts';
import type { Json } from './json.ts';
import { drawProgress } from './progress.ts';
import { replay } from './replay.ts';
import { type Palette, PLAIN, renderMarkdown } from './terminal-markdown.ts';
import { DEMO_CONFIG, DEMO_WORKFLOWS, demoFiles } from './workflows.ts';

/** Cells of a line; narrower than most terminals. */
const WIDTH = 96;
const INDENT = '  ';
const REPOSITORY = 'octo-repo';
const DAYS = 60;
/** A Monday of the summer whose lateness the history copies. */
const FIRST_DAY = Date.UTC(2026, 5, 1);
/** Offbeat observes until somebody asks for more: the maintainer does so near the end, and the next round proposes. */
const SUGGEST_AFTER_DAYS = 58;
const SUGGEST_AT = FIRST_DAY + SUGGEST_AFTER_DAYS * 86_400_000;
const SEED = 20_260_601;
/** Far from the ids that the emulator gives. */
const FIRST_RUN_ID = 9_000_000_000;
const WEBHOOK_SECRET = 'secret-of-the-demo';

export interface DemoOptions {
  /** End after the last scene; otherwise everything stays up until the process is told to stop. */
  readonly once: boolean;
  readonly out: { write(text: string): unknown };
  /** Colours and a moving progress bar: for a terminal. */
  readonly color: boolean;
}

/**
 * Plays sixty days of a repository to the real App through signed webhooks, shows the pull request it opens, and
 * asks it for a report and, as somebody who may not, for a change. Returns 0, or 1 where one of these did not happen.
 */
export async function runDemo({ once, out, color }: DemoOptions): Promise<number> {
  const say = (...lines: readonly string[]) => {
    for (const line of lines) out.write(line === '' ? '\n' : `${INDENT}${line}\n`);
  };
  const palette = color ? COLOURS : PLAIN;
  const clock = settableClock(FIRST_DAY);
  const emulated = await startEmulator({
    repositories: [{ name: REPOSITORY, files: demoFiles(DEMO_WORKFLOWS, DEMO_CONFIG) }],
    webhookSecret: WEBHOOK_SECRET,
    clock,
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
      githubTime: leapingTime(),
      log: createLog({ level: 'error', destination: { write: (line) => process.stderr.write(line) } }),
    });
    try {
      const scene = { emulated, idle: () => settle(emulated, server), say, palette };
      say('', palette.bold('Offbeat'), palette.dim('moves scheduled workflows to better times'), '');
      say(`GitHub, emulated   ${emulated.url}`, `Offbeat            ${server.url}`);
      say(`Repository         ${emulated.repository.fullName}, ${scheduleCount()} schedules`, '');
      emulated.hooks.target(`${server.url}/api/github/webhooks`);
      emulated.hooks.raise('installation', installationPayload(emulated));
      await scene.idle();
      await playHistory(scene, server, clock, { out, color });
      const missing = await showScenes(scene);
      for (const sentence of missing) say(palette.removed(`✗ ${sentence}`));
      if (missing.length > 0) return 1;
      if (!once) {
        say(
          `Dashboard      ${server.signInUrl ?? server.url}`,
          `               signed in as ${emulated.people.maintainer.login}, good once`,
          '',
          'Everything stays up. Stop with Ctrl-C.',
          '',
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

interface Scene {
  readonly emulated: Emulated;
  readonly idle: () => Promise<void>;
  readonly say: (...lines: readonly string[]) => void;
  readonly palette: Palette;
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
  clock: ReturnType<typeof settableClock>,
  terminal: Pick<DemoOptions, 'out' | 'color'>,
): Promise<void> {
  const { emulated, say } = scene;
  const maintainer = clientOf(emulated, 'maintainer');
  const where = whereOf(emulated);
  const { data: repository } = await maintainer.rest.repos.get(where);
  const { data: branch } = await maintainer.rest.repos.getBranch({
    ...where,
    branch: repository.default_branch,
  });
  const events = generateHistory({
    workflows: DEMO_WORKFLOWS,
    from: FIRST_DAY,
    days: DAYS,
    headSha: branch.commit.sha,
    defaultBranch: repository.default_branch,
    actor: emulated.people.maintainer.login,
    seed: SEED,
    firstId: FIRST_RUN_ID,
  });
  say(
    scene.palette.bold(`${DAYS} days of runs, told in ${events.length.toLocaleString('en')} signed webhooks`),
  );
  const progress = drawProgress({ ...terminal, indent: INDENT, from: FIRST_DAY, days: DAYS });
  const play = (part: typeof events) =>
    replay({
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
      onProgress: progress.update,
    });
  const observed = await play(events.filter(({ at }) => at < SUGGEST_AT));
  const issue = await maintainer.rest.issues.create({ ...where, title: 'When do our schedules run?' });
  await ask(scene, 'maintainer', issue.data.number, '/suggest');
  const suggested = await play(events.filter(({ at }) => at >= SUGGEST_AT));
  progress.end();
  const seconds = observed.seconds + suggested.seconds;
  const rate = Math.round((observed.sent + suggested.sent) / seconds).toLocaleString('en');
  say(`taken, learned and decided in ${seconds.toFixed(1)} s (${rate} webhooks a second)`);
  say(
    `For ${SUGGEST_AFTER_DAYS} days Offbeat only observed; then ${emulated.people.maintainer.login} commented /suggest.`,
    '',
  );
}

/** Plays the scenes in turn; returns a sentence for each thing that did not happen. */
async function showScenes(scene: Scene): Promise<readonly string[]> {
  const { emulated, say, palette } = scene;
  const maintainer = clientOf(emulated, 'maintainer');
  const where = whereOf(emulated);
  const { data: pulls } = await maintainer.rest.pulls.list({ ...where, state: 'open' });
  const pull = pulls.find((one) => one.user?.type === 'Bot' && one.head.ref === PROPOSAL_BRANCH);
  if (pull === undefined) return ['Offbeat opened no pull request.'];
  const report = await commandOf(scene, 'writer', pull.number, '/report');
  const hasAnswered = (await commandOf(scene, 'reader', pull.number, '/evolve')) !== undefined;
  section(scene, `Pull request #${pull.number}, by ${pull.user?.login}`);
  say(palette.bold(pull.title), '');
  say(...renderMarkdown(pull.body ?? '', WIDTH, palette), '');
  const { data: files } = await maintainer.rest.pulls.listFiles({ ...where, pull_number: pull.number });
  section(scene, `Files changed: ${files.length}`);
  for (const file of files) say(...diffLines(file.filename, file.patch ?? '', palette), '');
  say(`Pull request   ${pull.html_url}`);
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
  const { emulated, say, palette } = scene;
  section(scene, `${emulated.people[who].login} comments ${command}`);
  const answer = await ask(scene, who, issueNumber, command);
  say(...(answer === undefined ? [NO_ANSWER] : renderMarkdown(answer, WIDTH, palette)), '');
  return answer;
}

const NO_ANSWER = '(no words: who may not write gets a reaction, so that strangers cannot make the App talk)';

/** Comments as a person; returns the App's answer, `undefined` where it says nothing. */
async function ask(
  { emulated, idle }: Scene,
  who: keyof Emulated['people'],
  issueNumber: number,
  command: string,
): Promise<string | undefined> {
  const where = { ...whereOf(emulated), issue_number: issueNumber };
  const asked = await clientOf(emulated, who).rest.issues.createComment({ ...where, body: command });
  await idle();
  const { data: comments } = await clientOf(emulated, who).rest.issues.listComments({
    ...where,
    per_page: 100,
  });
  return comments.find((one) => one.id > asked.data.id && one.user?.type === 'Bot')?.body;
}

function section({ say, palette }: Scene, title: string): void {
  say(palette.bold(title), palette.dim('─'.repeat(WIDTH)));
}

function diffLines(path: string, patch: string, palette: Palette): readonly string[] {
  const lines = patch.replaceAll('\r', '').split('\n');
  return [
    palette.bold(path),
    ...lines.map((line) =>
      line.startsWith('+')
        ? palette.added(line)
        : line.startsWith('-')
          ? palette.removed(line)
          : line.startsWith('@@')
            ? palette.hunk(line)
            : line,
    ),
  ];
}

function clientOf(emulated: Emulated, who: keyof Emulated['people']): Octokit {
  return new Octokit({ baseUrl: emulated.url, auth: emulated.people[who].token });
}

function whereOf({ repository }: Emulated): { readonly owner: string; readonly repo: string } {
  return { owner: repository.owner, repo: repository.name };
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
