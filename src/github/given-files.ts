import type { Config } from '../config/config.ts';
import type { RepositoryReader, SourceFile } from '../usecases/ports.ts';

/** A reader of files that were read before. It knows no pull requests, and is not asked for any. */
export function sourcesReader(
  files: () => Promise<readonly SourceFile[]>,
  config: () => Promise<Config>,
): RepositoryReader {
  return {
    workflowSources: async () => ({ sha: 'checkout', files: await files() }),
    config,
    recentCommitTitles: async () => [],
    fileText: async () => null,
    pull: async () => null,
    pullOfBranch: async () => null,
    pullTouches: async () => false,
    commit: async () => ({ author: null, isByBot: false, parents: [], paths: [] }),
    branchHas: async () => false,
    describe: async () => ({ defaultBranch: 'main', archived: false, fork: false, private: false }),
  };
}
