import { z } from 'zod';
import type { Permission } from '../usecases/ports.ts';
import { type GitHubClient, type RepositoryName, statusOf } from './client.ts';
import { unreadableAnswer } from './readable.ts';
import { refusal } from './saying-refusals.ts';

/** GitHub folds `maintain` into `write` and `triage` into `read` in this field. */
const Answer = z.enum(['admin', 'write', 'read', 'none']);

/**
 * What `login` may do with the repository. A stranger and a word that is not known count as `none`.
 * (`author_association` of a comment is not an authorisation.) Throws `github-refused` where GitHub does not say it to
 * the App: then nobody knows, and who asked is not called a stranger. An answer without any word is a passing fault.
 */
export async function permissionOf(
  client: GitHubClient,
  name: RepositoryName,
  login: string,
): Promise<Permission> {
  try {
    const { data } = await client.rest.repos.getCollaboratorPermissionLevel({ ...name, username: login });
    if (typeof data?.permission !== 'string') throw unreadableAnswer();
    return Answer.catch('none').parse(data.permission);
  } catch (error) {
    if (statusOf(error) === 404) return 'none';
    throw refusal(error, 'what people may do');
  }
}
