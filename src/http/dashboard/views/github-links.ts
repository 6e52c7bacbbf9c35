import type { RepositoryProfile } from '../../../usecases/ports.ts';

/** Links to the evidence for a figure on GitHub. */
export interface GitHubLinks {
  readonly repository: string;
  run(id: number): string;
  /** The runs of one workflow file. */
  runsOf(path: string): string;
  file(path: string): string;
  pull(number: number): string;
}

const WORKFLOWS = '.github/workflows/';

/** Links into one repository; `webUrl` is the address of GitHub's pages, without a slash at its end. */
export function githubLinks(
  webUrl: string,
  { owner, name, defaultBranch }: Pick<RepositoryProfile, 'owner' | 'name' | 'defaultBranch'>,
): GitHubLinks {
  const repository = `${webUrl}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
  const inPath = (path: string): string => path.split('/').map(encodeURIComponent).join('/');
  return {
    repository,
    run: (id) => `${repository}/actions/runs/${id}`,
    runsOf: (path) =>
      path.startsWith(WORKFLOWS)
        ? `${repository}/actions/workflows/${inPath(path.slice(WORKFLOWS.length))}`
        : `${repository}/actions`,
    file: (path) => `${repository}/blob/${inPath(defaultBranch)}/${inPath(path)}`,
    pull: (number) => `${repository}/pull/${number}`,
  };
}
