import type { RepositoryProfile } from '../../../usecases/ports.ts';

const WORKFLOWS = '.github/workflows/';

/** Links into one repository; `webUrl` is the address of GitHub's pages, without a slash at its end. */
export function githubLinks(
  webUrl: string,
  { owner, name, defaultBranch }: Pick<RepositoryProfile, 'owner' | 'name' | 'defaultBranch'>,
) {
  const repository = `${webUrl}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  const inPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
  return {
    repository,
    run: (id: number) => `${repository}/actions/runs/${id}`,
    /** The runs of one workflow file. */
    runsOf: (path: string) =>
      path.startsWith(WORKFLOWS)
        ? `${repository}/actions/workflows/${inPath(path.slice(WORKFLOWS.length))}`
        : `${repository}/actions`,
    file: (path: string) => `${repository}/blob/${inPath(defaultBranch)}/${inPath(path)}`,
    pull: (number: number) => `${repository}/pull/${number}`,
  };
}

export type GitHubLinks = ReturnType<typeof githubLinks>;
