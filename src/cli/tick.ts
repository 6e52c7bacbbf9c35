import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { lockDirectory } from '../disk/directory-lock.ts';
import { replacePrivateFile } from '../disk/private.ts';
import { OffbeatError } from '../errors.ts';
import { BlobCache } from '../github/blobs.ts';
import { readRepository } from '../github/read-repository.ts';
import { createTokenGitHub, type TokenGitHub } from '../github/token-github.ts';
import type { Log } from '../log.ts';
import { type ServedTick, servingRun, tickKey } from '../on-time/served-tick.ts';
import { fileName } from '../render/move-words.ts';
import type { OnTimeWorkflow } from '../render/on-time-report.ts';
import { instant } from '../render/quantity.ts';
import { openStateFiles, STATE_PATHS } from '../store/state-files.ts';
import { knownRepository, meetRepository, type SeenRepository } from '../usecases/known-repository.ts';
import { welcomeRepository } from '../usecases/maintenance/installation.ts';
import { withDurableIntents } from '../usecases/on-time/durable-intents.ts';
import { onTimeViews } from '../usecases/on-time/on-time-views.ts';
import { serveOnce } from '../usecases/on-time/serve-once.ts';
import { commandLog } from './command-log.ts';
import type { CliContext } from './context.ts';
import type { Output } from './output.ts';
import { OWNER_AND_REPO, tokenOf } from './token-client.ts';

const GITHUB = 'https://api.github.com';

export interface TickOptions {
  readonly state: string;
  readonly json?: boolean;
}

/** The state kept between runs of the command: the documents of the store, by name. */
const StateFile = z.object({ version: z.literal(1), documents: z.record(z.string(), z.string()) });

/**
 * `offbeat tick --once OWNER/REPO`: starts the workflows whose tick is due and not served yet, and exits. Before it
 * starts a workflow, it writes its state to the file of `--state`, which one process at a time may use. Where documents
 * in that file are damaged, it reports that and begins anew. Throws `store-damaged` where the file cannot be read.
 */
export async function tickOnce(
  repository: string,
  options: TickOptions,
  { output, clock, env }: CliContext,
): Promise<number> {
  const [, owner, name] = OWNER_AND_REPO.exec(repository) ?? [];
  const token = tokenOf(env);
  if (owner === undefined || name === undefined || token === '') {
    throw new OffbeatError(
      'usage-invalid',
      'It takes a repository, and a token that may start its workflows.',
      {
        where: repository,
        fix: 'Write OWNER/REPO, and set GITHUB_TOKEN to a token with Actions: write and Contents: read.',
      },
    );
  }
  const blobs = new BlobCache();
  const github = createTokenGitHub({ token, baseUrl: env.GITHUB_API_URL ?? GITHUB, blobs, config: '' });
  const { seen } = await readRepository(github.client, { owner, repo: name });
  const log = commandLog({ output });
  const lock = await lockDirectory({ directory: `${options.state}.lock`, onLost: () => undefined });
  try {
    await serve({ seen, github, blobs, log, output, clock, isHeld: lock.isHeld }, options);
  } finally {
    await lock.release();
  }
  return 0;
}

interface Serving {
  readonly seen: SeenRepository;
  readonly github: TokenGitHub;
  readonly blobs: BlobCache;
  readonly log: Log;
  readonly output: Output;
  readonly clock: Clock;
  /** True where no other process has taken the file. */
  readonly isHeld: () => boolean;
}

async function serve(
  { seen, blobs, log, output, clock, ...given }: Serving,
  { state: path, json }: TickOptions,
): Promise<void> {
  const texts = await textsIn(path);
  const files = await openStateFiles(texts, seen.id, { temporary: tmpdir(), log, clock });
  try {
    if (files.damage.length > 0) {
      output.error(`${path} cannot be used, so ticks are watched from now on: ${files.damage.join(' ')}`);
    }
    blobs.add(files.state.blobs);
    const stateNow = () => ({ ...files.state, blobs: blobs.kept() });
    const github = withDurableIntents(given.github, async () => {
      await writeState(path, await files.texts(stateNow()));
      return given.isHeld();
    });
    const context = { store: files.store, github, clock, log, emergencyStop: false, commands: [] };
    if (texts.size === 0 || files.damage.length > 0) await welcomeRepository(context, seen);
    else await meetRepository(context, seen);
    // Throws `config-invalid`, which ends the command: with no App here, nothing else would say so.
    await (await github.connect(seen)).reader.config();
    const before = await knownRepository(context, seen.id);
    await serveOnce(context, seen.id);
    const after = await knownRepository(context, seen.id);
    const views = onTimeViews(context, after, null);
    const changed = changedTicks(before.ticks, after.ticks);
    const reasons = new Map(views.map(({ path, why }) => [path, why ?? '']));
    if (json === true) output.write(JSON.stringify(tickAnswer(seen, views, changed, reasons), null, 2));
    else {
      const lines = [
        ...(texts.size === 0 ? watched(views) : []),
        ...changed.flatMap((tick) => tickLine(tick, reasons)),
      ];
      if (lines.length > 0) output.write(`${lines.join('\n')}\n`);
    }
    await writeState(path, await files.close(stateNow()));
  } finally {
    await files.remove();
  }
}

/** What is watched from the first time on, and what keeps it from being started. */
function watched(workflows: readonly OnTimeWorkflow[]): readonly string[] {
  if (workflows.length === 0)
    return ['No workflow is on time here: write "on-time: punctual" (docs/on-time.md).'];
  return workflows.map(({ path, why }) =>
    why === null
      ? `${fileName(path)}: watched from now on; a tick that comes due is started.`
      : `${fileName(path)}: watched, but nothing is started: ${why}`,
  );
}

function changedTicks(before: readonly ServedTick[], after: readonly ServedTick[]): readonly ServedTick[] {
  const known = new Map(before.map((tick) => [tickKey(tick), tick.progress.state]));
  return after.filter((tick) => known.get(tickKey(tick)) !== tick.progress.state);
}

/** Why nothing is started now, by workflow path; empty where something is. */
type Reasons = ReadonlyMap<string, string>;

/** What `--json` prints: every workflow that is watched, and the ticks that something has come of. */
function tickAnswer(
  { owner, name }: SeenRepository,
  views: readonly OnTimeWorkflow[],
  changed: readonly ServedTick[],
  reasons: Reasons,
) {
  return {
    repository: `${owner}/${name}`,
    workflows: views.map(({ path, mode, net, why }) => ({ path, mode, net, why })),
    ticks: changed.map((tick) => ({
      path: tick.path,
      cron: tick.cron,
      timezone: tick.timezone,
      tick: new Date(tick.tick).toISOString(),
      state: tick.progress.state,
      why: tick.progress.state === 'skipped' ? tick.progress.why : null,
      runId: servingRun(tick),
      message: progressWords(tick, reasons.get(tick.path) ?? ''),
    })),
  };
}

/** What was started, or was not and why; nothing of a run that has ended well. */
function tickLine(tick: ServedTick, reasons: Reasons): readonly string[] {
  if (tick.progress.state === 'done') return [];
  const told = progressWords(tick, reasons.get(tick.path) ?? '');
  return [`${fileName(tick.path)}, tick of ${instant(tick.tick)}: ${told}`];
}

function progressWords({ progress }: ServedTick, reason: string): string {
  switch (progress.state) {
    case 'due':
      return 'due, and not started yet; it is tried again.';
    case 'intent':
    case 'asked':
      return 'GitHub was asked to start it.';
    case 'seen':
    case 'running':
      return `run ${progress.runId} was started.`;
    case 'done':
      return `run ${progress.runId} has ended well.`;
    case 'failed':
      return `run ${progress.runId} failed.`;
    case 'lost':
      return 'GitHub accepted the request, but no run came.';
    case 'skipped':
      return `not started (${progress.why}). ${progress.sentence === '' ? reason : progress.sentence}`.trim();
  }
}

function writeState(path: string, texts: ReadonlyMap<string, string>): Promise<void> {
  return replacePrivateFile(
    path,
    `${JSON.stringify({ version: 1, documents: Object.fromEntries(texts) })}\n`,
  );
}

/** The documents in the file, by name; none where there is no file yet. Throws `store-damaged`. */
async function textsIn(path: string): Promise<ReadonlyMap<string, string>> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null) return new Map();
  try {
    const { documents } = StateFile.parse(JSON.parse(text));
    // Its names become paths.
    return new Map(Object.entries(documents).filter(([name]) => STATE_PATHS.includes(name)));
  } catch (cause) {
    throw new OffbeatError('store-damaged', 'The file is not what was written.', {
      where: path,
      fix: 'Restore it, or remove it to watch ticks from now on.',
      cause,
    });
  }
}
