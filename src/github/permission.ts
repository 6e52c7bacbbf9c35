import { z } from 'zod';
import type { Permission } from '../usecases/ports.ts';
import { type GitHubClient, type RepositoryName, statusOf } from './client.ts';

/** GitHub folds `maintain` into `write` and `triage` into `read` in this field. */
const Answer = z.enum(['admin', 'write', 'read', 'none']);

/**
 * What `login` may do with the repository. Anything but a clear answer counts as `none`: a stranger, an endpoint the
 * App may not ask, a word not known. (`author_association` of a comment is not an authorisation.)
 */
export async function permissionOf(
  client: GitHubClient,
  name: RepositoryName,
  login: string,
): Promise<Permission> {
  try {
    const { data } = await client.rest.repos.getCollaboratorPermissionLevel({ ...name, username: login });
    return Answer.catch('none').parse(data.permission);
  } catch (error) {
    if (statusOf(error) === 404 || statusOf(error) === 403) return 'none';
    throw error;
  }
}
