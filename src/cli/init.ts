import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { onTimeRules } from '../config/on-time.ts';
import { CONFIG_PATH } from '../config/parse.ts';
import { PINNED_ACTION } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import { actionOfRelease } from '../serve/version.ts';
import { readWorkflowFiles } from '../workflow/read-repository.ts';
import type { CliContext } from './context.ts';
import { localConfig, localSources, mustBeDirectory } from './local-sources.ts';
import { cannotWrite } from './replace-file.ts';

const WORKFLOW_PATH = '.github/workflows/offbeat.yml';

const HOURS_BETWEEN = 6;
/** Around the hour GitHub's scheduler has most to do. */
const FIRST_MINUTE = 5;
const MINUTES = 50;

const EXAMPLE_ACTION = 'For example: --action OWNER/offbeat@0123456789abcdef0123456789abcdef01234567.';

const REPOSITORY = /^[\w.-]+\/[\w.-]+$/;
/** The remote `origin` of a checkout, at any host. */
const ORIGIN = /\[remote "origin"\][^[]*?\burl\s*=\s*\S*?[:/]([\w.-]+\/[\w.-]+?)(?:\.git)?\/?\s*$/m;

export interface InitOptions {
  readonly config?: boolean;
  readonly action?: string;
  readonly repository?: string;
  /** The workflow may start others. */
  readonly onTime?: boolean;
}

/**
 * `offbeat init [DIR]`: writes the workflow of the Action into a checkout, and a configuration where it is asked for.
 * It may start workflows only where that is asked for, or the checkout's configuration puts one on time.
 */
export async function init(
  directory: string,
  options: InitOptions,
  { output, env }: Pick<CliContext, 'output' | 'env'>,
): Promise<number> {
  await mustBeDirectory(directory, 'Name the root of a checkout.');
  const repository = await repositoryOf(directory, options, env);
  const mayStart = options.onTime === true || (await isAnyOnTime(directory));
  const files: (readonly [path: string, text: string])[] = [
    [WORKFLOW_PATH, workflowText(repository, pinnedAction(options.action), mayStart)],
  ];
  if (options.config === true) files.push([CONFIG_PATH, CONFIG_TEXT]);
  // Before anything is written, so that a refusal leaves the checkout as it was.
  for (const [path] of files) await mustBeNew(join(directory, path));
  for (const [path, text] of files) {
    await writeNew(join(directory, path), text);
    output.write(`wrote ${path}`);
  }
  output.write(NEXT_STEPS);
  return 0;
}

function pinnedAction(given: string | undefined): string {
  const action = given ?? actionOfRelease();
  if (action === null) {
    throw new OffbeatError(
      'usage-invalid',
      'This copy of Offbeat is of no release, so it knows no commit of the Action.',
      {
        where: '--action',
        fix: `Name one by its full hash. ${EXAMPLE_ACTION}`,
      },
    );
  }
  if (PINNED_ACTION.test(action)) return action;
  throw new OffbeatError(
    'usage-invalid',
    'An action is named as OWNER/REPO@ and the 40 digits of a commit.',
    { where: '--action', fix: EXAMPLE_ACTION },
  );
}

/** The name that was given, else that of `GITHUB_REPOSITORY` or of the remote `origin`. Throws `usage-invalid`. */
async function repositoryOf(
  directory: string,
  { repository: given }: InitOptions,
  { GITHUB_REPOSITORY: variable }: CliContext['env'],
): Promise<string> {
  const repository = given ?? variable ?? (await originOf(directory));
  if (repository === null) {
    throw new OffbeatError('usage-invalid', 'It is not known which repository this is.', {
      where: directory,
      fix: 'Name it with --repository OWNER/REPO.',
    });
  }
  if (REPOSITORY.test(repository)) return repository;
  // The address of `origin` is read for such a name only.
  throw new OffbeatError('usage-invalid', `"${repository}" is no name of a repository on GitHub.`, {
    where: given === undefined ? 'GITHUB_REPOSITORY' : '--repository',
    fix: 'Write OWNER/REPO, each of the letters A to Z, digits, "-", "_" and ".".',
  });
}

async function originOf(directory: string): Promise<string | null> {
  const config = await readFile(join(await gitDirectoryOf(directory), 'config'), 'utf8').catch(() => '');
  return ORIGIN.exec(config)?.[1] ?? null;
}

/**
 * Where Git keeps the configuration of a checkout. In a linked worktree and in a submodule `.git` is a file that names
 * the directory; a worktree's own one names that of the repository in `commondir` (gitrepository-layout).
 */
async function gitDirectoryOf(directory: string): Promise<string> {
  const path = join(directory, '.git');
  const named = /^gitdir: (.+)$/m.exec(await readFile(path, 'utf8').catch(() => ''))?.[1]?.trim();
  if (named === undefined) return path;
  const own = resolve(directory, named);
  const common = await readFile(join(own, 'commondir'), 'utf8').catch(() => '.');
  return resolve(own, common.trim());
}

/** The crons of many repositories, spread over six hours: each has its own minute, and always the same. */
function cronOf(repository: string): string {
  const hash = createHash('sha256').update(repository.toLowerCase()).digest();
  const minute = FIRST_MINUTE + (hash.readUInt32BE(0) % MINUTES);
  const first = hash.readUInt32BE(4) % HOURS_BETWEEN;
  const hours = [0, 1, 2, 3].map((turn) => first + turn * HOURS_BETWEEN);
  return `${minute} ${hours.join(',')} * * *`;
}

async function isAnyOnTime(directory: string): Promise<boolean> {
  const config = await localConfig(directory);
  return readWorkflowFiles(await localSources(directory)).some(
    (file) =>
      file.schedules.length > 0 &&
      onTimeRules(config, file.path, { ...file, commanded: null }).mode !== 'off',
  );
}

function workflowText(repository: string, action: string, mayStart: boolean): string {
  const actions = mayStart
    ? 'actions: write # runs and jobs; starts workflows that are on time'
    : 'actions: read # runs and jobs; write where workflows are on time';
  return `# Offbeat learns when scheduled workflows run late, collide or fail, and proposes better times.
name: Offbeat
on:
  schedule:
    # Every 6 hours, at an offset hashed from the repository.
    # offbeat: pin
    - cron: '${cronOf(repository)}'
  workflow_dispatch:
    inputs:
      force_evolution:
        description: Try new strategies now
        type: boolean
        default: false
      generate_report:
        description: Write the report into the summary
        type: boolean
        default: true
  issue_comment:
    types: [created]
permissions: {}
concurrency:
  group: offbeat-\${{ github.event.comment.id || 'tune' }}
jobs:
  offbeat:
    if: github.event_name != 'issue_comment' || startsWith(github.event.comment.body, '/')
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      ${actions}
      contents: write # the branch offbeat-data
      issues: write # answers, and the issue with the diff
      pull-requests: write # answers on pull requests
    steps:
      - uses: ${action}
        with:
          force-evolution: \${{ inputs.force_evolution || 'false' }}
          generate-report: \${{ github.event_name != 'workflow_dispatch' || inputs.generate_report }}
`;
}

const CONFIG_TEXT = `# All keys: docs/configuration.md of Offbeat.
# observe (the default): decide and record · suggest: propose.
# A mode written here takes precedence over /observe and /suggest in comments.
# mode: suggest
`;

const NEXT_STEPS = `
Next:
  1. Commit it, and merge it to the default branch: GitHub runs schedules and answers comments from there alone.
  2. Start it once: gh workflow run offbeat.yml. It reads the last 30 days; its report is the summary of the run.
  3. For proposals comment /suggest on an issue. Pull requests need a token that may write workflows; without it you get
     an issue with a diff: docs/action.md of Offbeat.`;

/** Throws `usage-invalid` where the file exists, as somebody may have changed it. */
async function mustBeNew(path: string): Promise<void> {
  const isThere = await lstat(path).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new OffbeatError('usage-invalid', 'The file is there already.', {
    where: path,
    fix: 'Remove it, or change it by hand.',
  });
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text, { flag: 'wx' });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}
