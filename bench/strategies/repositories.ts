import type { Run } from '../../src/history/run.ts';
import { indexDraw } from '../../src/plan/random.ts';
import type { Series } from '../forecast/series.ts';

/** A repository drawn from recorded series, each of them one workflow. */
export interface DrawnRepository {
  readonly name: string;
  /** In the order in which they ended. */
  readonly runs: readonly Run[];
}

const WEEK_MS = 7 * 86_400_000;

/** Deals series out to so many repositories; each series is one workflow of one repository. */
export function drawRepositories(
  series: readonly Series[],
  count: number,
  random: () => number,
): readonly DrawnRepository[] {
  const deck = [...series];
  for (let at = deck.length - 1; at > 0; at--) {
    const other = indexDraw(random, at + 1);
    [deck[at], deck[other]] = [deck[other] as Series, deck[at] as Series];
  }
  return Array.from({ length: count }, (_, place) => ({
    name: `repository ${place + 1}`,
    runs: mergeSeries(deck.filter((_one, at) => at % count === place)),
  }));
}

/** Series were recorded in different years: each is moved by whole weeks, so that all end together. */
function mergeSeries(series: readonly Series[]): readonly Run[] {
  const lastOf = (one: Series): number => (one.starts.at(-1) ?? 0) * 1000;
  const end = Math.max(...series.map(lastOf));
  const runs = series.flatMap((one) => {
    const moved = Math.floor((end - lastOf(one)) / WEEK_MS) * WEEK_MS;
    return one.seconds.map((seconds, at) =>
      workflowRun({
        path: `.github/workflows/${one.id}.yml`,
        startedAt: (one.starts[at] ?? 0) * 1000 + moved,
        seconds,
        succeeded: one.succeeded[at] ?? true,
      }),
    );
  });
  runs.sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  return runs.map((run, at) => ({ ...run, id: at + 1 }));
}

/** A pushed run with nothing but what durations are learned from. */
export function workflowRun(told: {
  readonly path: string;
  readonly startedAt: number;
  readonly seconds: number;
  readonly succeeded: boolean;
}): Run {
  return {
    id: 0,
    attempt: 1,
    workflowId: 1,
    path: told.path,
    event: 'push',
    headSha: '',
    headBranch: null,
    actor: null,
    createdAt: told.startedAt,
    startedAt: told.startedAt,
    endedAt: told.startedAt + 1000 * told.seconds,
    conclusion: told.succeeded ? 'success' : 'failure',
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: told.seconds,
    queueSeconds: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
  };
}
