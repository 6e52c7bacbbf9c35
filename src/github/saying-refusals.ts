import { OffbeatError } from '../errors.ts';
import type { RepositoryReader, RepositoryWriter, RunDispatcher } from '../usecases/ports.ts';
import { classifyAnswer } from './classify-answer.ts';
import { statusOf } from './client.ts';

/** What each kind of writing needs, as GitHub names it in an App's settings. */
const NEEDED: Readonly<Record<keyof RepositoryWriter, readonly [name: string, title: string]>> = {
  openPull: ['contents` and `pull_requests', 'Contents and Pull requests'],
  rebuildBranch: ['contents', 'Contents'],
  updatePull: ['pull_requests', 'Pull requests'],
  comment: ['issues', 'Issues'],
  commentInPlace: ['issues', 'Issues'],
  react: ['issues', 'Issues'],
  issue: ['issues', 'Issues'],
  closeIssue: ['issues', 'Issues'],
  check: ['checks', 'Checks'],
};

/** Digits of a commit's sha that people know it by. */
const SHORT_SHA = 7;

/** GitHub's own account behind a workflow's `GITHUB_TOKEN`. */
export const WORKFLOW_TOKEN_LOGIN = 'github-actions[bot]';

/**
 * The same writer, which says `permission-missing` or `github-refused` where GitHub refuses a request for good. `login`
 * is the account that writes: how to mend a missing permission depends on it.
 */
export function sayingRefusals(writer: RepositoryWriter, login: string): RepositoryWriter {
  const saying = <Arguments extends readonly unknown[], Result>(
    writing: keyof RepositoryWriter,
    write: (...given: Arguments) => Promise<Result>,
    where: (...given: Arguments) => string,
  ) =>
    refusing(
      write,
      (error, given) => permissionError(error, writing, login) ?? refusal(error, where(...given)),
    );
  return {
    openPull: saying('openPull', writer.openPull, ({ branch }) => `pull request from ${branch}`),
    rebuildBranch: saying('rebuildBranch', writer.rebuildBranch, ({ branch }) => `branch ${branch}`),
    updatePull: saying('updatePull', writer.updatePull, (number) => `pull request #${number}`),
    comment: saying('comment', writer.comment, (number) => `comment on #${number}`),
    commentInPlace: saying('commentInPlace', writer.commentInPlace, (number) => `comment on #${number}`),
    react: saying('react', writer.react, (id) => `reaction to comment ${id}`),
    issue: saying('issue', writer.issue, (title) => `issue "${title}"`),
    closeIssue: saying('closeIssue', writer.closeIssue, (title) => `issue "${title}"`),
    check: saying('check', writer.check, ({ sha }) => `check of ${sha.slice(0, SHORT_SHA)}`),
  };
}

/** The same reader, which says `github-refused` where GitHub refuses a request for good. */
export function sayingReadRefusals(reader: Required<RepositoryReader>): RepositoryReader {
  return {
    ...reader,
    workflowSources: naming('workflow files', reader.workflowSources),
    config: naming('configuration', reader.config),
    describe: naming('repository', reader.describe),
    fileText: naming('file', reader.fileText),
    pull: naming('pull request', reader.pull),
    thumbs: naming('reactions', reader.thumbs),
    issue: naming('issue', reader.issue),
    pullOfBranch: naming('pull requests', reader.pullOfBranch),
    pullTouches: naming('files of a pull request', reader.pullTouches),
    commit: naming('commit', reader.commit),
    branchHas: naming('commits of a branch', reader.branchHas),
    recentCommitTitles: naming('commits', reader.recentCommitTitles),
    listFiles: naming('files', reader.listFiles),
    blobText: naming('file', reader.blobText),
    changedPaths: naming('changes of a push', reader.changedPaths),
    activity: naming('repository', reader.activity),
    workflows: naming('workflows', reader.workflows),
    jobs: naming('jobs of a run', reader.jobs),
    hasScheduledRun: naming('workflow runs', reader.hasScheduledRun),
    runs: naming('workflow runs', reader.runs),
  };
}

/** The same dispatcher, with `github-refused` where listing, cancelling or reading is refused for good. */
export function sayingRunRefusals(dispatcher: RunDispatcher): RunDispatcher {
  return {
    ...dispatcher,
    startedRuns: naming('workflow runs', dispatcher.startedRuns),
    hasBegun: naming('jobs of a run', dispatcher.hasBegun),
    cancel: naming('workflow run', dispatcher.cancel),
    blobSha: naming('file', dispatcher.blobSha),
  };
}

/** The same function, which names what was asked for where GitHub refuses it for good. */
function naming<Arguments extends readonly unknown[], Result>(
  what: string,
  ask: (...given: Arguments) => Promise<Result>,
): (...given: Arguments) => Promise<Result> {
  return refusing(ask, (error) => refusal(error, what));
}

/** The same function, which throws what `translate` makes of a failure. */
function refusing<Arguments extends readonly unknown[], Result>(
  act: (...given: Arguments) => Promise<Result>,
  translate: (error: unknown, given: Arguments) => unknown,
): (...given: Arguments) => Promise<Result> {
  return async (...given) => {
    try {
      return await act(...given);
    } catch (error) {
      throw translate(error, given);
    }
  };
}

/** A refusal for good as `github-refused` with GitHub's sentence, anything else as it is; `where`: what was asked. */
export function refusal(error: unknown, where: string): unknown {
  const meaning = classifyAnswer(error, Date.now());
  return meaning.kind === 'refused'
    ? new OffbeatError('github-refused', meaning.sentence, { where, cause: error })
    : error;
}

/** A missing permission, as `permission-missing`; `null` for else. Nothing but the sentence tells the cases apart. */
function permissionError(
  error: unknown,
  writing: keyof RepositoryWriter,
  login: string,
): OffbeatError | null {
  const status = statusOf(error);
  if ((status !== 403 && status !== 422) || !(error instanceof Error)) return null;
  const isWorkflowToken = login === WORKFLOW_TOKEN_LOGIN;
  const missing = (what: string, name: string, fix: string): OffbeatError =>
    new OffbeatError('permission-missing', what, { where: `permission \`${name}\``, fix, cause: error });
  if (/without `?workflows`? permission/i.test(error.message)) {
    return isWorkflowToken
      ? missing(
          'GitHub lets the token of a workflow change no workflow file, whatever its permissions.',
          'workflows',
          'Give the step a token of an App, or a fine-grained personal token, that may write workflows: docs/action.md ' +
            'says how.',
        )
      : missing('The App may not change workflow files here.', 'workflows', grantSentence('Workflows'));
  }
  if (/resource not accessible by integration/i.test(error.message)) {
    const [name, title] = NEEDED[writing];
    return isWorkflowToken
      ? missing(
          'The token of the workflow may not write this.',
          name,
          `Give the job \`${name.replace('pull_requests', 'pull-requests')}\` with \`write\` under \`permissions:\`.`,
        )
      : missing('The App may not write this here.', name, grantSentence(title));
  }
  return null;
}

function grantSentence(title: string): string {
  return `Grant the App “${title}: read and write” in its installation settings.`;
}
