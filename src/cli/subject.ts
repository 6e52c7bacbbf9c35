import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Config } from '../config/config.ts';
import { OffbeatError } from '../errors.ts';
import { listRuns } from '../github/list-runs.ts';
import { createReader } from '../github/reader.ts';
import { RestRun, runsFromRest } from '../github/rest-run.ts';
import type { Run } from '../history/run.ts';
import { waitingWorkflows } from '../history/waiting.ts';
import { emptyPopulation } from '../strategy/population.ts';
import { DAY_MS } from '../time.ts';
import { learnHistory } from '../usecases/learning/learn-history.ts';
import { scheduleVersion } from '../usecases/learning/schedule-version.ts';
import { withNamedFiles } from '../usecases/named-files.ts';
import type { DecisionRequest } from '../usecases/planning/decide.ts';
import type { SourceFile } from '../usecases/ports.ts';
import type { CliContext } from './context.ts';
import { isDirectory, localConfig, localSources } from './local-sources.ts';
import { OWNER_AND_REPO, tokenClient, tokenOf } from './token-client.ts';

/** Shown when an answer is made without history. */
export const NO_HISTORY =
  'No runs were seen, so nothing of this rests on figures of your own. Give --runs FILE, or OWNER/REPO with ' +
  'GITHUB_TOKEN set, for those.';

/** True where `target` names a repository on GitHub and a token to read it is set. */
export function canReadFromGitHub(target: string, env: CliContext['env']): boolean {
  return OWNER_AND_REPO.test(target) && tokenOf(env) !== '';
}

/** Where a subject's files and history come from. */
export interface SubjectOptions {
  /** File with the history, as GitHub's API lists it. */
  readonly runs?: string;
  /** Days of history to read from GitHub. */
  readonly days?: number;
  /** Whether files are to be edited, which needs a checkout. */
  readonly write?: boolean;
}

/** A repository as a command sees it: a checkout, or GitHub with a token. */
export interface Subject {
  readonly files: readonly SourceFile[];
  readonly config: Config;
  readonly runs: readonly Run[];
  /** The checkout that edits are written to; `null` for a repository on GitHub. */
  readonly directory: string | null;
}

/** Reads the subject named DIR or OWNER/REPO. Throws `usage-invalid`. */
export async function subjectOf(
  target: string,
  options: SubjectOptions,
  context: CliContext,
): Promise<Subject> {
  const remote = OWNER_AND_REPO.exec(target);
  const [, owner, repo] = remote ?? [];
  if (owner !== undefined && repo !== undefined && !(await isDirectory(target))) {
    if (tokenOf(context.env) === '') {
      throw new OffbeatError('usage-invalid', `Reading ${target} from GitHub takes a token.`, {
        where: 'GITHUB_TOKEN',
        fix: 'Set it to a token that may read the repository and its Actions, or name a local directory.',
      });
    }
    return remoteSubject({ owner, repo }, options, context);
  }
  return {
    files: await localSources(target),
    config: await localConfig(target),
    runs: options.runs === undefined ? [] : await runsFromFile(options.runs),
    directory: target,
  };
}

async function remoteSubject(
  name: { readonly owner: string; readonly repo: string },
  options: SubjectOptions,
  { clock, env, output }: CliContext,
): Promise<Subject> {
  if (options.write === true) {
    throw new OffbeatError('usage-invalid', '--write edits files of a local checkout.', {
      where: `${name.owner}/${name.repo}`,
      fix: 'Name a directory, or leave --write out.',
    });
  }
  const client = tokenClient(env);
  const reader = createReader(client, name);
  const files = await withNamedFiles(reader, await reader.workflowSources());
  const to = clock.now();
  const span = { from: to - (options.days ?? 60) * DAY_MS, to };
  const progress = (count: number): void => {
    if (output.color) output.error(`read ${count} runs`);
  };
  const runs =
    options.runs === undefined
      ? await listRuns(client, name, span, progress)
      : await runsFromFile(options.runs);
  return { files, config: await reader.config(), runs, directory: null };
}

const Page = z.object({ workflow_runs: z.array(z.unknown()) });

const RunsFile = z.union([
  Page.transform((page) => page.workflow_runs),
  z.array(Page).transform((pages) => pages.flatMap((page) => page.workflow_runs)),
  z.array(z.unknown()),
]);

/** Runs as GitHub's API lists them: one list, one page, or the pages that `gh api --paginate --slurp` writes. */
async function runsFromFile(path: string): Promise<readonly Run[]> {
  try {
    const listed = RunsFile.parse(JSON.parse(await readFile(path, 'utf8')));
    const runs = runsFromRest(listed);
    // A list that holds no run at all is a mistake, not an empty history.
    if (listed.length > 0 && runs.length === 0) RestRun.parse(listed[0]);
    return runs;
  } catch (error) {
    throw new OffbeatError('usage-invalid', 'The runs cannot be read.', {
      where: path,
      fix: 'Write them with: gh api --paginate --slurp "/repos/OWNER/REPO/actions/runs?per_page=100" > runs.json',
      cause: error,
    });
  }
}

/** The request for a decision from the history alone, with no earlier proposals. `now` is epoch ms. */
export function requestOf(subject: Subject, now: number): DecisionRequest {
  return {
    sources: subject.files,
    config: subject.config,
    ...learnHistory(subject.runs, scheduleVersion({ sha: '', files: subject.files }, now), subject.files),
    proposals: [],
    waiting: waitingWorkflows(subject.runs),
    population: emptyPopulation(now),
    trigger: 'cli',
    decisionsBefore: 0,
    now,
  };
}
