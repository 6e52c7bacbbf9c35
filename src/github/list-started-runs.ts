import { OffbeatError } from '../errors.ts';
import type { StartedRun } from '../on-time/started-run.ts';
import { pathWithoutRef } from '../workflow/paths.ts';
import { type GitHubClient, PER_PAGE, type RepositoryName } from './client.ts';
import { instant, MOST_LISTED } from './list-runs.ts';
import { RestRun } from './rest-run.ts';

/** The events of runs that may serve a tick. */
const SERVING_EVENTS = ['schedule', 'workflow_dispatch'] as const;
/** Lists of one event: a list takes ten requests, and each look needs them all anew. */
const MOST_LISTS = 3;

/**
 * Runs created since an instant (epoch ms), each with its newest attempt. Where GitHub leaves out the oldest, runs that
 * may serve a tick are listed by themselves, each list ending where the one before has begun. Throws `github-refused`
 * where that takes too many lists: a run that is left out would be started a second time.
 */
export async function listStartedRuns(
  client: GitHubClient,
  name: RepositoryName,
  since: number,
): Promise<readonly StartedRun[]> {
  const runs = new Map<number, StartedRun>();
  const from = instant(since);
  /** Returns when the oldest run in a list that is cut was created, epoch ms; `null` where the list is whole. */
  const take = async (created: string, event?: (typeof SERVING_EVENTS)[number]): Promise<number | null> => {
    const pages = client.paginate.iterator(client.rest.actions.listWorkflowRunsForRepo, {
      ...name,
      created,
      ...(event === undefined ? {} : { event }),
      per_page: PER_PAGE,
    });
    let listed = 0;
    let oldest = Number.POSITIVE_INFINITY;
    for await (const { data } of pages) {
      for (const run of data.flatMap(startedRun)) {
        runs.set(run.id, run);
        oldest = Math.min(oldest, run.createdAt);
      }
      listed += data.length;
      if (listed >= MOST_LISTED) return oldest;
    }
    return null;
  };
  if ((await take(`>=${from}`)) === null) return [...runs.values()];
  for (const event of SERVING_EVENTS) {
    let until = await take(`>=${from}`, event);
    for (let lists = 1; until !== null; lists += 1) {
      if (lists === MOST_LISTS || !Number.isFinite(until)) throw tooMany(event);
      until = await take(`${from}..${instant(until)}`, event);
    }
  }
  return [...runs.values()];
}

function tooMany(event: string): OffbeatError {
  return new OffbeatError(
    'github-refused',
    `The list of the runs of \`${event}\` is longer than GitHub shows.`,
    { where: 'workflow runs' },
  );
}

/** GitHub's words for a run that has not begun. */
const WAITING: ReadonlySet<string> = new Set(['queued', 'requested', 'waiting', 'pending']);

/** A run as it is listed; those of GitHub's own dynamic workflows lack fields, and are none of ours. */
function startedRun(listed: unknown): readonly StartedRun[] {
  const { success, data } = RestRun.safeParse(listed);
  if (!success) return [];
  const ended = data.status === 'completed';
  return [
    {
      id: data.id,
      attempt: data.run_attempt,
      path: pathWithoutRef(data.path),
      event: data.event,
      actor: data.actor?.login ?? null,
      createdAt: data.created_at,
      state: ended ? 'ended' : WAITING.has(data.status ?? '') ? 'waiting' : 'running',
      conclusion: ended ? data.conclusion : null,
      endedAt: ended ? data.updated_at : null,
    },
  ];
}
