import { z } from 'zod';
import type { ListedWorkflow } from '../usecases/ports.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName } from './client.ts';

/** As many workflows as GitHub would take a second and more to list. */
const MOST_PAGES = 10;

/** The fields that are read of a workflow as `GET /repos/{owner}/{repo}/actions/workflows` lists it. */
const RestWorkflow = z.object({ path: z.string(), state: z.string(), html_url: z.string() });

/** The repository's workflows and whether GitHub runs them: one request for a hundred. */
export async function listWorkflows(
  client: GitHubClient,
  name: RepositoryName,
): Promise<readonly ListedWorkflow[]> {
  const workflows: ListedWorkflow[] = [];
  let pages = 0;
  const listed = client.paginate.iterator(client.rest.actions.listRepoWorkflows, {
    ...name,
    per_page: PER_PAGE,
  });
  for await (const { data } of listed) {
    workflows.push(...data.flatMap((workflow: unknown) => listedWorkflow(name, workflow)));
    pages += 1;
    if (pages >= MOST_PAGES) break;
  }
  return workflows;
}

function listedWorkflow({ owner, repo }: RepositoryName, workflow: unknown): readonly ListedWorkflow[] {
  const { success, data } = RestWorkflow.safeParse(workflow);
  if (!success || !URL.canParse(data.html_url)) return [];
  const { path, state, html_url } = data;
  const file = encodeURIComponent(path.split('/').at(-1) ?? path);
  return [{ path, state, page: `${new URL(html_url).origin}/${owner}/${repo}/actions/workflows/${file}` }];
}
