import type { GitHubClient, RepositoryName } from './client.ts';
import { refusal } from './saying-refusals.ts';

/** A token belongs to an account, not to an installation; the id stands in one repository's own documents alone. */
const NO_INSTALLATION = 0;

/** The repository that a token reads, with its id for GraphQL. Throws `github-refused` where it is not shown. */
export async function readRepository(client: GitHubClient, name: RepositoryName) {
  const { data } = await client.rest.repos.get({ ...name }).catch((error: unknown) => {
    throw refusal(error, `${name.owner}/${name.repo}`);
  });
  return {
    nodeId: data.node_id,
    seen: {
      id: data.id,
      installationId: NO_INSTALLATION,
      owner: data.owner.login,
      name: data.name,
      defaultBranch: data.default_branch,
      archived: data.archived,
      fork: data.fork,
      private: data.private,
    },
  };
}
