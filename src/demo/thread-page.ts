import { isSuccess, type Upstream } from './exchange.ts';
import { asJson, asList, textAt } from './json.ts';
import type { PullRequests } from './pull-requests.ts';
import type { RunRegistry } from './run-registry.ts';

const THREAD = /^(?<repository>\/[^/]+\/[^/]+)\/(?<kind>pull|issues)\/(?<number>\d+)$/;

const RUN = /^\/[^/]+\/[^/]+\/actions\/runs\/(?<id>\d+)$/;

/** What is known of a workflow run and its jobs; `undefined` where the path names none. */
export function runPage(path: string, runs: RunRegistry): string | undefined {
  const id = Number(RUN.exec(path)?.groups?.id);
  const run = runs.run(id);
  if (run === undefined) return undefined;
  const jobs = runs.jobs(id).map((job) => {
    const times = `${textAt(job, 'started_at')} – ${textAt(job, 'completed_at')}`;
    return `${textAt(job, 'name')}: ${textAt(job, 'conclusion')}\n${times}`;
  });
  return [
    `${textAt(run, 'name')} #${id} (${textAt(run, 'event')}, ${textAt(run, 'conclusion')})`,
    `created ${textAt(run, 'created_at')}, updated ${textAt(run, 'updated_at')}`,
    ...jobs,
    '',
  ].join('\n\n');
}

/** The text of a pull request or issue with its comments; `undefined` where the path names none. */
export async function threadPage(
  path: string,
  upstream: Upstream,
  pulls: PullRequests,
): Promise<string | undefined> {
  const { repository, kind, number = '' } = THREAD.exec(path)?.groups ?? {};
  if (repository === undefined) return undefined;
  const repositoryPath = `/repos${repository}`;
  const opened =
    kind === 'pull'
      ? await pulls.find(repositoryPath, number)
      : await upstream('GET', `${repositoryPath}/issues/${number}`);
  if (!isSuccess(opened)) return undefined;
  const thread = asJson(opened.body);
  const comments = await upstream('GET', `${repositoryPath}/issues/${number}/comments?per_page=100`);
  const files = kind === 'pull' ? asList((await pulls.files(repositoryPath, number)).body) : [];
  return [
    `${textAt(thread, 'title')} #${number} (${thread.merged === true ? 'merged' : textAt(thread, 'state')})`,
    textAt(thread, 'body'),
    ...asList(comments.body).map(
      (comment) => `${rule(textAt(comment, 'user', 'login'))}\n${textAt(comment, 'body')}`,
    ),
    ...files.map((file) => `${rule(textAt(file, 'filename'))}\n${textAt(file, 'patch')}`),
    '',
  ].join('\n\n');
}

function rule(title: string): string {
  return `──── ${title} ────`;
}
