import { join } from 'node:path';
import type { Logger } from 'pino';
import { readStorageEnv, type StorageEnv } from '../env.ts';
import { OffbeatError } from '../errors.ts';
import type { AnyOperation } from '../operations/operation.ts';
import { BY_CONVENTION } from '../render/by-convention.ts';
import { fileName } from '../render/move-words.ts';
import { openStore } from '../serve/storage.ts';
import { matchWorkflow } from '../usecases/find-workflow.ts';
import { planRepository } from '../usecases/planning/plan-repository.ts';
import type { CliContext } from './context.ts';
import { environmentOf } from './environment.ts';
import { type EphemeralRepository, ephemeralStore } from './ephemeral-store.ts';
import { isDirectory, localWorkflowFiles, mustBeDirectory, WORKFLOW_DIRECTORY } from './local-sources.ts';
import { findProfile } from './stored-repository.ts';
import { canReadFromGitHub, NO_HISTORY, subjectOf } from './subject.ts';
import { terminalGitHub } from './terminal-github.ts';
import { unlessServing } from './unless-serving.ts';

/** Flags that say what an operation is about. */
export interface SourceOptions {
  /** The App's data directory. */
  readonly data?: string;
  /** A checkout to read workflows and config from, in place of GitHub. */
  readonly dir?: string;
  /** A file with runs as GitHub's API lists them, for a repository that no App keeps. */
  readonly runs?: string;
}

/** A repository that an operation can run on, with the store that holds it. */
export interface Source extends EphemeralRepository {
  close(): Promise<void>;
}

interface Reporting {
  readonly log: Logger;
  readonly progress: (done: number, all: number) => void;
}

interface Asked {
  readonly repository: string;
  readonly options: SourceOptions;
}

/** Operations that change only the learned state: on a checkout they show what they would have stored. */
const LEARNING: ReadonlySet<string> = new Set(['adapt', 'evolve', 'record']);

/** Operations whose answer needs a decision: on a checkout one is made first. */
const NEEDS_DECISION: ReadonlySet<string> = new Set([
  'report',
  'explain',
  'predict',
  'batch',
  'decision',
  'decisions',
  'health',
]);

/** Operations whose answer itself points at the plan without runs. */
const POINTS_AT_PLAN: ReadonlySet<string> = new Set(['report', 'predict', 'batch']);

const NOTHING_KEPT = 'Nothing of this is kept: a checkout has no store. Name one with --data.';

const NO_DATA =
  'Name the data directory of the App with --data; to ask without any App, name a checkout, or set GITHUB_TOKEN.';

const NO_CHECKOUT = 'Name the root of a checkout, or OWNER/REPO.';

/** True where an operation can run on a checkout, which is in no App's store. */
export function worksOnCheckout({ name, mutates }: AnyOperation): boolean {
  return !mutates || LEARNING.has(name);
}

/**
 * Opens the repository of an operation, from the store of an App. A question that changes nothing can also be about a
 * checkout or, where there is no store and a token is set, about a repository on GitHub. Except on a checkout, the
 * operator's files of variables are read. Throws `usage-invalid`, `not-found`.
 */
export async function openSource(
  operation: AnyOperation,
  asked: Asked,
  given: CliContext,
  reporting: Reporting,
): Promise<Source> {
  const { repository, options } = asked;
  const { data } = options;
  const isCheckout = data === undefined && (await isDirectory(repository));
  // A file .env beside a checkout is that of its own project.
  const env = isCheckout || options.runs !== undefined ? given.env : await environmentOf(given);
  const context = { ...given, env };
  const storage = data === undefined ? readStorageEnv(context.env) : { dataDirectory: data };
  const hasStore = storage.database !== undefined || (await isDirectory(storage.dataDirectory));
  if (worksOnCheckout(operation)) {
    if (data === undefined && !isCheckout) await mustNotMeanOther(repository, operation.name);
    const isUnkept = !hasStore && canReadFromGitHub(repository, context.env);
    if (isCheckout || options.runs !== undefined || isUnkept) {
      return learnSource(operation, asked, context, reporting);
    }
  } else if (isCheckout) {
    throw new OffbeatError(
      'usage-invalid',
      `${operation.name} steers a repository of the App, and no checkout.`,
      { where: repository, fix: 'Write OWNER/REPO, and the data directory of the App with --data.' },
    );
  }
  if (!hasStore) {
    const mayBeKept = data !== undefined || repository.includes('/') || /^\d+$/.test(repository);
    await (mayBeKept
      ? mustBeDirectory(storage.dataDirectory, NO_DATA)
      : mustBeDirectory(repository, NO_CHECKOUT));
  }
  return openKept(operation, storage, asked, context, reporting);
}

/** Learns the runs of a checkout, or of a repository on GitHub, into a store that is gone with the process. */
async function learnSource(
  operation: AnyOperation,
  { repository, options: { runs } }: Asked,
  context: CliContext,
  { log, progress }: Reporting,
): Promise<Source> {
  const { clock, output } = context;
  const subject = await subjectOf(repository, runs === undefined ? {} : { runs }, context);
  if (subject.files.length === 0) {
    throw new OffbeatError('usage-invalid', 'There is no workflow file, so there is nothing to say.', {
      where: subject.directory === null ? repository : join(repository, WORKFLOW_DIRECTORY),
      fix: 'Name the root of a checkout that has some, or OWNER/REPO.',
    });
  }
  if (subject.runs.length === 0) {
    const { name } = operation;
    const isPointed = subject.directory !== null && NEEDS_DECISION.has(name) && !POINTS_AT_PLAN.has(name);
    output.error(isPointed ? `${NO_HISTORY} ${BY_CONVENTION}` : NO_HISTORY);
  }
  if (operation.mutates) output.error(NOTHING_KEPT);
  const learned = await ephemeralStore(repository, subject, { now: clock.now(), log, progress });
  if (NEEDS_DECISION.has(operation.name)) {
    const planning = { ...learned, clock, log, emergencyStop: false, commands: [] };
    await planRepository(planning, { repositoryId: learned.profile.id, trigger: 'cli' });
  }
  return { ...learned, close: async () => undefined };
}

function endpointOf({ name, mutates }: AnyOperation, repository: string): string {
  const place = repository.includes('/') ? repository : 'OWNER/REPO';
  return `${mutates ? 'POST' : 'GET'} /api/v1/repositories/${place}/${name}`;
}

async function openKept(
  operation: AnyOperation,
  storage: StorageEnv,
  { repository, options }: Asked,
  { clock, env }: CliContext,
  { log }: Reporting,
): Promise<Source> {
  const api = operation.doors.includes('api') ? endpointOf(operation, repository) : null;
  const { store, close } = await unlessServing(openStore({ env: storage, log, clock }), api);
  try {
    const profile = await findProfile(store, repository);
    return { store, github: terminalGitHub(options.dir, env), profile, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Where a path that is none, or a workflow of this checkout, stands in place of a repository: says what was meant. */
async function mustNotMeanOther(repository: string, command: string): Promise<void> {
  // No name on GitHub begins with these.
  if (/^[./~]/.test(repository)) await mustBeDirectory(repository, NO_CHECKOUT);
  if (repository.includes('/')) return;
  const files = await localWorkflowFiles('.');
  const known = files.map(({ path }) => ({ path, name: path }));
  const meant = matchWorkflow(known, repository);
  if (meant === undefined) return;
  throw new OffbeatError('usage-invalid', `"${repository}" is a workflow, and no repository.`, {
    fix: `Did you mean: offbeat ${command} . ${fileName(meant.path)}?`,
  });
}
