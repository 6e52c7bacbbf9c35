import type { Run } from '../history/run.ts';
import { DAY_MS } from '../time.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName } from './client.ts';
import { runsFromRest } from './rest-run.ts';

/** GitHub lists no more than this under any filter, the newest (docs: "List workflow runs for a repository"). */
export const MOST_LISTED = 1_000;

/** How far a list goes. */
export interface ListBounds {
  /** The oldest of more runs than this are left out. */
  readonly mostRuns?: number;
  /** Whether runs that have not ended are listed, too. */
  readonly unended?: boolean;
}

/**
 * Runs created in [`from`, `to`) (epoch ms), oldest first; ended ones, where nothing else is asked for. A span with
 * more runs than GitHub lists is halved until each part fits, or is a day long. Of such a day GitHub lists the newest,
 * so that its scheduled runs are listed by themselves, too: those of the night would be missing every day.
 */
export async function listRuns(
  client: GitHubClient,
  name: RepositoryName,
  span: Span,
  onProgress: (runs: number) => void = () => {},
  { mostRuns = Number.POSITIVE_INFINITY, unended = false }: ListBounds = {},
): Promise<readonly Run[]> {
  const runs = new Map<number, Run>();
  const spans = [span];
  const take = async (from: Span, first: Page, filter: Filter): Promise<void> => {
    const pages = Math.ceil(Math.min(first.total, MOST_LISTED) / PER_PAGE);
    for (let number = 1; number <= pages && runs.size < mostRuns; number += 1) {
      const { listed } = number === 1 ? first : await page(client, name, from, { number, ...filter });
      for (const run of listed) runs.set(run.id, run);
      onProgress(runs.size);
    }
  };
  for (let next = spans.pop(); next !== undefined && runs.size < mostRuns; next = spans.pop()) {
    const first = await page(client, name, next, { number: 1, unended });
    const isCut = first.total > MOST_LISTED;
    if (isCut && next.to - next.from > DAY_MS) {
      const middle = next.from + Math.floor((next.to - next.from) / 2);
      spans.push({ from: next.from, to: middle }, { from: middle, to: next.to });
      continue;
    }
    await take(next, first, { unended });
    if (isCut) {
      const filter = { unended, event: 'schedule' } as const;
      await take(next, await page(client, name, next, { number: 1, ...filter }), filter);
    }
  }
  return [...runs.values()].sort((a, b) => a.createdAt - b.createdAt || a.id - b.id);
}

/** Whether a scheduled run of a workflow file was created since an instant (epoch ms), in any state: one request. */
export async function hasScheduledRun(
  client: GitHubClient,
  name: RepositoryName,
  path: string,
  since: number,
): Promise<boolean> {
  const { data } = await client.rest.actions.listWorkflowRuns({
    ...name,
    // GitHub takes the name of the file for the number of the workflow.
    workflow_id: path.slice(path.lastIndexOf('/') + 1),
    event: 'schedule',
    created: `>=${instant(since)}`,
    per_page: 1,
  });
  return data.total_count > 0;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

interface Page {
  /** Count over all pages. */
  readonly total: number;
  readonly listed: readonly Run[];
}

interface Filter {
  readonly unended: boolean;
  /** Every event where it is left out. */
  readonly event?: 'schedule';
}

async function page(
  client: GitHubClient,
  name: RepositoryName,
  span: Span,
  { number, unended, event }: Filter & { readonly number: number },
): Promise<Page> {
  const created = `${instant(span.from)}..${instant(span.to - 1_000)}`;
  const { data } = await client.rest.actions.listWorkflowRunsForRepo({
    ...name,
    created,
    ...(unended ? {} : { status: 'completed' as const }),
    ...(event === undefined ? {} : { event }),
    per_page: PER_PAGE,
    page: number,
  });
  return { total: data.total_count, listed: runsFromRest(data.workflow_runs) };
}

/** A time as the filter `created` takes it; `at` is epoch ms. */
export function instant(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}
