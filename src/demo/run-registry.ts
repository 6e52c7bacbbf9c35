import { DAY_MS } from '../time.ts';
import { type Json, numberAt, textAt } from './json.ts';

/** GitHub lists at most this many runs under any filter. */
const LIST_LIMIT = 1000;
const PAGE_SIZE = 30;
const PAGE_SIZE_LIMIT = 100;

/** The workflow runs and jobs that happened, filled by the replay, asked by the API. */
export class RunRegistry {
  readonly #runs: Map<number, { run: Json; jobs: readonly Json[]; listedFrom: number }>;

  /** Empty, or with the runs that another one holds at this moment. */
  constructor(from?: RunRegistry) {
    this.#runs = new Map(from === undefined ? [] : from.#runs);
  }

  /** Adds or replaces a run (`workflow_run` as in the payload) and its jobs; lists show it from then on. */
  record(run: Json, jobs: readonly Json[] = [], listedFrom = 0): void {
    this.#runs.set(numberAt(run, 'id'), { run, jobs, listedFrom });
  }

  run(id: number): Json | undefined {
    return this.#runs.get(id)?.run;
  }

  jobs(id: number): readonly Json[] {
    return this.#runs.get(id)?.jobs ?? [];
  }

  /** `{ total_count, workflow_runs }`, newest first; `now` leaves out what lists do not show yet. */
  list(
    repository: string,
    filters: URLSearchParams,
    workflow?: string,
    now: number = Number.POSITIVE_INFINITY,
  ): Json {
    const within = createdFilter(filters.get('created'));
    const found = [...this.#runs.values()]
      .filter(({ listedFrom }) => listedFrom <= now)
      .map(({ run }) => run)
      .filter(
        (run) =>
          textAt(run, 'repository', 'full_name') === repository &&
          matches(filters.get('event'), textAt(run, 'event')) &&
          matches(filters.get('branch'), textAt(run, 'head_branch')) &&
          matches(filters.get('head_sha'), textAt(run, 'head_sha')) &&
          matches(filters.get('actor'), textAt(run, 'actor', 'login')) &&
          (filters.get('status') === null ||
            [textAt(run, 'status'), textAt(run, 'conclusion')].includes(filters.get('status') ?? '')) &&
          (workflow === undefined ||
            String(numberAt(run, 'workflow_id')) === workflow ||
            textAt(run, 'path').endsWith(`/${workflow}`)) &&
          within(Date.parse(textAt(run, 'created_at'))),
      )
      .sort((a, b) => textAt(b, 'created_at').localeCompare(textAt(a, 'created_at')))
      .slice(0, LIST_LIMIT);
    const [from, to] = pageBounds(filters);
    return { total_count: found.length, workflow_runs: found.slice(from, to) };
  }
}

/** First and last (exclusive) place of the page asked for. */
export function pageBounds(filters: URLSearchParams): readonly [number, number] {
  const size = Math.min(PAGE_SIZE_LIMIT, Number(filters.get('per_page') ?? PAGE_SIZE) || PAGE_SIZE);
  const page = Math.max(1, Number(filters.get('page') ?? 1) || 1);
  return [(page - 1) * size, page * size];
}

function matches(wanted: string | null, value: string): boolean {
  return wanted === null || wanted === value;
}

/** `created` as Offbeat asks for it: `>=a` or `a..b`. */
function createdFilter(text: string | null): (time: number) => boolean {
  if (text === null) return () => true;
  const [, since, from, to] = /^(?:>=(.+)|(.+)\.\.(.+))$/.exec(text) ?? [];
  const first = Date.parse(since ?? from ?? '');
  const last = to === undefined ? Number.POSITIVE_INFINITY : endOf(to);
  if (Number.isNaN(first + last)) throw new Error(`The filter created=${text} is not emulated.`);
  return (time) => time >= first && time <= last;
}

/** A bare day includes all of it. */
function endOf(text: string): number {
  const lastMsOfDay = DAY_MS - 1;
  return Date.parse(text) + (/^\d{4}-\d\d-\d\d$/.test(text) ? lastMsOfDay : 0);
}
