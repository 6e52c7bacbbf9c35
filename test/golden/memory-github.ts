import { parseConfig } from '../../src/config/parse.ts';
import type {
  ConnectedRepository,
  PullRequestDraft,
  PullStatus,
  SourceFile,
} from '../../src/usecases/ports.ts';

const APP_LOGIN = 'offbeat[bot]';
const BASE_BRANCH = 'main';

interface Pull {
  readonly number: number;
  draft: PullRequestDraft;
  readonly status: PullStatus;
}

/** One repository on a GitHub in memory: its files by commit, pull requests, and everything that was written there. */
export class MemoryRepository {
  readonly #name: string;
  readonly #commits: { readonly sha: string; readonly files: readonly SourceFile[] }[] = [];
  readonly #config: string;
  readonly #pulls: Pull[] = [];
  readonly #written: string[] = [];

  constructor(name: string, files: readonly SourceFile[], config: string) {
    this.#name = name;
    this.#config = config;
    this.#commit(files);
  }

  /** Everything that was written, oldest first: what it was, where, and its text. */
  get written(): readonly string[] {
    return this.#written;
  }

  get head(): string {
    return this.#commits.at(-1)?.sha ?? '';
  }

  get files(): readonly SourceFile[] {
    return this.#commits.at(-1)?.files ?? [];
  }

  get openPulls(): readonly Pull[] {
    return this.#pulls.filter(({ status }) => status.open);
  }

  /** Merges or closes a pull request as a maintainer does; `at` is epoch ms. */
  close(pullNumber: number, merged: boolean, at: number): Pull {
    const place = this.#pulls.findIndex(({ number }) => number === pullNumber);
    const pull = this.#pulls[place];
    if (pull === undefined) throw new Error(`There is no pull request ${pullNumber}.`);
    const mergedBy = merged ? 'maintainer' : null;
    const closed = { ...pull, status: { ...pull.status, open: false, merged, mergedBy, closedAt: at } };
    this.#pulls[place] = closed;
    if (merged) {
      const changed = new Map(pull.draft.files.map((file) => [file.path, file]));
      const kept = this.files.map((file) => changed.get(file.path) ?? file);
      const added = pull.draft.files.filter(({ path }) => !this.files.some((file) => file.path === path));
      this.#commit([...kept, ...added]);
    }
    return closed;
  }

  connected(): ConnectedRepository {
    const note = (what: string, text: string) => void this.#written.push(`${what}\n\n${text}`);
    return {
      appLogin: APP_LOGIN,
      permissionOf: async (login) => (login === 'maintainer' ? 'admin' : 'read'),
      reader: {
        workflowSources: async (ref) => {
          const found = this.#commits.find(({ sha }) => sha === ref) ?? this.#commits.at(-1);
          const files = found?.files.filter(({ path }) => path.startsWith('.github/workflows/')) ?? [];
          return { sha: found?.sha ?? '', files };
        },
        config: async () => parseConfig(this.#config),
        recentCommitTitles: async () => ['ci: cache more', 'fix: the build'],
        describe: async () => ({ defaultBranch: BASE_BRANCH, archived: false, fork: false, private: false }),
        fileText: async (path) => this.files.find((file) => file.path === path)?.text ?? null,
        pull: async ({ pullNumber }) =>
          this.#pulls.find(({ number }) => number === pullNumber)?.status ?? null,
        pullOfBranch: async (branch) =>
          this.openPulls.find(({ draft }) => draft.branch === branch)?.number ?? null,
        pullTouches: async (number, paths) =>
          this.#pulls
            .find((pull) => pull.number === number)
            ?.draft.files.some((file) => paths.includes(file.path)) ?? false,
        commit: async () => ({ author: APP_LOGIN, isByBot: true, parents: [], paths: [] }),
        branchHas: async () => false,
      },
      writer: {
        openPull: async (draft) => this.#openPull(draft),
        rebuildBranch: async ({ branch }) => {
          note('branch made anew', branch);
          return branch;
        },
        comment: async (issue, body) => note(`comment on ${issue}`, body),
        commentInPlace: async (issue, body) => note(`comment in place on ${issue}`, body),
        updatePull: async (number, { body, close = false }) => {
          note(`pull request ${number} ${close ? 'closed' : 'edited'}`, body);
          if (close) this.close(number, false, 0);
        },
        check: async (check) =>
          note(`check ${check.name}`, `${check.passed} ${check.title}\n${check.summary}`),
        react: async (comment, reaction) => note(`reaction to ${comment}`, reaction),
        issue: async (title, body) => {
          note(`issue ${title}`, body);
          return 1;
        },
        closeIssue: async (title, body) => note(`issue ${title} closed`, body),
      },
    };
  }

  #commit(files: readonly SourceFile[]): void {
    const number = this.#commits.length + 1;
    this.#commits.push({ sha: `${this.#name}-commit-${number}`, files });
  }

  #openPull(draft: PullRequestDraft) {
    const open = this.openPulls.find((pull) => pull.draft.branch === draft.branch);
    const number = open?.number ?? this.#pulls.length + 1;
    const headSha = `${this.#name}-head-${this.#written.length + 1}`;
    const status = {
      open: true,
      merged: false,
      mergedBy: null,
      closedAt: null,
      headSha,
      baseBranch: draft.baseBranch,
      body: draft.body,
      conflicts: false,
    };
    const pull = { number, draft, status };
    if (open === undefined) this.#pulls.push(pull);
    else this.#pulls[this.#pulls.indexOf(open)] = pull;
    const files = draft.files.map(({ path, text }) => `--- ${path}\n${text}`);
    this.#written.push(
      [
        `pull request ${number} ${open === undefined ? 'opened' : 'updated'}`,
        `${draft.branch} → ${draft.baseBranch}: ${draft.title}`,
        draft.commitMessage,
        draft.body,
        ...files,
      ].join('\n\n'),
    );
    return { number, url: `https://github.example/acme/${this.#name}/pull/${number}`, headSha };
  }
}
