import { z } from 'zod';
import { classifyAnswer } from './classify-answer.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName } from './client.ts';

/** One of `GET …/environments`; rules of types such as `required_reviewers`, `wait_timer`, `branch_policy`. */
const Environment = z.object({
  name: z.string(),
  protection_rules: z.array(z.object({ type: z.string() })).optional(),
});

/** Answer of `GET …/actions/oidc/customization/sub`. */
const SubjectTemplate = z.object({
  use_default: z.boolean(),
  include_claim_keys: z.array(z.string()).optional(),
});

/** Names of the environments that wait for a reviewer, in lower case; `null` where GitHub does not tell. */
export function reviewedEnvironments(
  client: GitHubClient,
  name: RepositoryName,
): Promise<ReadonlySet<string> | null> {
  return unlessRefused(async () => {
    const asked = { ...name, per_page: PER_PAGE };
    const environments = await client.paginate(client.rest.repos.getAllEnvironments, asked);
    const reviewed = z
      .array(Environment)
      .parse(environments)
      .filter(({ protection_rules: rules = [] }) => rules.some(({ type }) => type === 'required_reviewers'));
    return new Set(reviewed.map((environment) => environment.name.toLowerCase()));
  });
}

/** Claims that the repository's OIDC `sub` template names, none for GitHub's own; `null` where it is not told. */
export function subjectClaims(client: GitHubClient, name: RepositoryName): Promise<readonly string[] | null> {
  return unlessRefused(async () => {
    const { data } = await client.rest.actions.getCustomOidcSubClaimForRepo({ ...name });
    const template = SubjectTemplate.parse(data);
    return template.use_default ? [] : (template.include_claim_keys ?? null);
  });
}

/** What GitHub refuses, or says is not there, only means that nobody knows; so does what cannot be read. */
async function unlessRefused<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof z.ZodError) return null;
    const { kind } = classifyAnswer(error, Date.now());
    if (kind === 'refused' || kind === 'not-yet-there') return null;
    throw error;
  }
}
