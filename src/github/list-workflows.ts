import { z } from 'zod';
import type { ListedWorkflow } from '../usecases/ports.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName } from './client.ts';

/** As many workflows as GitHub would take a second and more to list. */
const MOST_PAGES = 10;

/** The fields that are read of a workflow as `GET /repos/{owner}/{repo}/actions/workflows` lists it. */
const RestWorkflow = z.object({ path: z.string(), state: z.string(), html_url: z.string() });

/** The repository's workflows and whether GitHub runs them: one request for a hundred. */
export function listWorkflows(
  client: GitHubClient,
  name: RepositoryName,
): Promise<readonly ListedWorkflow[]> {
  let pages = 0;
  const asked = { ...name, per_page: PER_PAGE };
  return client.paginate(client.rest.actions.listRepoWorkflows, asked, ({ data }, done) => {
    pages += 1;
    if (pages >= MOST_PAGES) done();
    return data.flatMap((workflow: unknown) => listedWorkflow(name, workflow));
  });
}

function listedWorkflow({ owner, repo }: RepositoryName, workflow: unknown): readonly ListedWorkflow[] {
  const { success, data } = RestWorkflow.safeParse(workflow);
  if (!success || !URL.canParse(data.html_url)) return [];
  const { path, state, html_url } = data;
  const file = encodeURIComponent(path.split('/').at(-1) ?? path);
  return [{ path, state, page: `${new URL(html_url).origin}/${owner}/${repo}/actions/workflows/${file}` }];
}
