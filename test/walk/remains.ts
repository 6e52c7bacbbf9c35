import type { RepositoryState } from '../../src/usecases/ports.ts';
import type { RunningApp } from '../e2e/harness.ts';
import { withStorage } from './world.ts';

/** What the App has learned of a repository, and what of its doings is to be seen there. */
export interface RepositoryRemains {
  readonly state: RepositoryState;
  /** Its pull requests. */
  readonly pulls: readonly {
    readonly number: number;
    readonly state: string;
    readonly title: string;
    readonly headSha: string;
  }[];
  /** Titles of the issues that it has opened. */
  readonly issues: readonly string[];
  /** Its comments, by issue. */
  readonly comments: readonly string[];
  /** Whose comment it is on, and which. */
  readonly reactions: readonly string[];
  /** Commits by which its branch is ahead of the default branch; `null` where there is no branch. */
  readonly ahead: number | null;
}

export interface Remains {
  readonly repositories: ReadonlyMap<string, RepositoryRemains>;
  readonly deadLetters: readonly string[];
}

/** Stops the App and gathers what is left. */
export async function remainsOf(app: RunningApp): Promise<Remains> {
  const seen = new Map<string, Omit<RepositoryRemains, 'state'>>();
  for (const { fullName, owner, name: repo } of app.emulated.repositories) {
    seen.set(fullName, await seenOf(app, { owner, repo }));
  }
  const repositories = new Map<string, RepositoryRemains>();
  let deadLetters: readonly string[] = [];
  await app.restart({
    meanwhile: () =>
      withStorage(app, async ({ store, queue }) => {
        deadLetters = (await queue.deadLetters()).map(({ event, reason }) => `${event}: ${reason}`);
        for (const { id, fullName } of app.emulated.repositories) {
          const state = await store.load(id);
          const others = seen.get(fullName);
          if (state !== undefined && others !== undefined) repositories.set(fullName, { state, ...others });
        }
      }),
  });
  return { repositories, deadLetters };
}

async function seenOf(
  app: RunningApp,
  where: { readonly owner: string; readonly repo: string },
): Promise<Omit<RepositoryRemains, 'state'>> {
  const { rest } = app.as('maintainer');
  const { data: pulls } = await rest.pulls.list({ ...where, state: 'all', per_page: 100 });
  const { data: issues } = await rest.issues.listForRepo({ ...where, state: 'all', per_page: 100 });
  const own = pulls.filter(({ user }) => user?.type === 'Bot');
  const comments: string[] = [];
  const reactions: string[] = [];
  for (const number of new Set([...issues, ...pulls].map((issue) => issue.number))) {
    const { data } = await rest.issues.listComments({ ...where, issue_number: number, per_page: 100 });
    for (const { id, user, body } of data) {
      if (user?.type === 'Bot') comments.push(`#${number} ${body}`);
      const given = await rest.reactions.listForIssueComment({ ...where, comment_id: id });
      reactions.push(...given.data.map(({ content }) => `${content} on ${id}`));
    }
  }
  const open = own.find(({ state }) => state === 'open');
  const compared =
    open === undefined
      ? null
      : await rest.repos.compareCommitsWithBasehead({ ...where, basehead: `main...${open.head.ref}` });
  return {
    pulls: own.map(({ number, state, title, head }) => ({ number, state, title, headSha: head.sha })),
    issues: issues
      .filter(({ user, pull_request }) => user?.type === 'Bot' && pull_request === undefined)
      .map(({ title }) => title),
    comments,
    reactions,
    ahead: compared?.data.ahead_by ?? null,
  };
}
