import type { Octokit } from '@octokit/rest';

/** The part of an Octokit that the adapters use: Probot's per installation, or one with a token for the CLI. */
export type GitHubClient = Pick<Octokit, 'rest' | 'paginate'>;

/** Owner and name as GitHub spells them today; they may change, so they are never kept as keys. */
export interface RepositoryName {
  readonly owner: string;
  readonly repo: string;
}

/** As many as GitHub puts on a page of a list. */
export const PER_PAGE = 100;

/** HTTP status of an Octokit error, or `undefined` where it is something else. */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('status' in error)) return undefined;
  return typeof error.status === 'number' ? error.status : undefined;
}
