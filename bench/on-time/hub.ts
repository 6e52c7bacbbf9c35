import type { StartedRun } from '../../src/on-time/started-run.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { BenchTime } from './shifted-time.ts';

export const APP_SLUG = 'offbeat';
export const APP_LOGIN = `${APP_SLUG}[bot]`;
export const NET_LOGIN = 'github-actions[bot]';

/** Answers take so long (ms), and GitHub makes a run so long after it was asked. */
const ANSWER_MS = { least: 50, most: 300 } as const;
const CREATION_MS = { least: 500, most: 10 * SECOND_MS } as const;
/** Lists show a run this much after it came to be. */
const LIST_LAG_MS = 2 * SECOND_MS;
/** A call that gets no answer is given up after so long. */
const GIVEN_UP_MS = 10 * SECOND_MS;
/** A runner begins the first step so long after the run was made: most of it is GitHub's own, the rest is chance. */
const QUEUE_MS = { least: 3 * SECOND_MS, most: 20 * SECOND_MS } as const;

/** Runs that fail. */
export const FAILED_SHARE = 0.05;

export interface HubRun {
  readonly id: number;
  readonly path: string;
  readonly event: 'schedule' | 'workflow_dispatch' | 'push';
  readonly actor: string;
  readonly createdAt: number;
  readonly beginsAt: number;
  endsAt: number;
  conclusion: 'success' | 'failure' | 'cancelled';
}

export interface HubRepository {
  readonly id: number;
  readonly installationId: number;
  readonly name: string;
  /** How long its runs take, ms. */
  readonly durationMs: number;
  /** How long after a run was made, began or ended its webhook comes, ms. */
  readonly hookMs: number;
  readonly runs: HubRun[];
}

/** A request for a run that was sent; GitHub need not have heard it. */
export interface SentRequest {
  readonly repository: string;
  readonly path: string;
  readonly actor: string;
  readonly at: number;
}

/** A request for a run that GitHub has heard. */
export interface HubRequest {
  readonly repository: HubRepository;
  readonly path: string;
  readonly actor: string;
  /** When it was sent. */
  readonly at: number;
  /** `null` where none came of it. */
  run: HubRun | null;
}

/** What goes wrong: the share of calls that fail at an instant, and of webhooks that never come. */
export interface Faults {
  failing(at: number): number;
  readonly lostHooks: number;
}

type Answer = readonly [status: number, body: object, link?: string];

/** GitHub's Actions as far as the dispatcher and the net ask for them, with a time of its own. */
export class Hub {
  readonly sent: SentRequest[] = [];
  readonly requests: HubRequest[] = [];
  readonly repositories = new Map<string, HubRepository>();
  onRun: (repository: HubRepository, run: StartedRun) => void = () => undefined;
  readonly time: BenchTime;
  readonly random: () => number;
  readonly #faults: Faults;
  #nextId = 1;

  constructor(time: BenchTime, random: () => number, faults: Faults) {
    this.time = time;
    this.random = random;
    this.#faults = faults;
  }

  add(repository: Omit<HubRepository, 'runs'>): HubRepository {
    const added = { ...repository, runs: [] };
    this.repositories.set(repository.name, added);
    return added;
  }

  /** `fetch` for whoever acts by that name. */
  fetchAs(actor: string): typeof fetch {
    return async (input, init) => {
      const sentAt = this.time.now();
      const url = new URL(String(input));
      const [, repository, path] =
        /^\/repos\/acme\/([^/]+)\/actions\/workflows\/([^/]+)\/dispatches$/.exec(url.pathname) ?? [];
      if (repository !== undefined && path !== undefined) {
        this.sent.push({ repository, path: `.github/workflows/${path}`, actor, at: sentAt });
      }
      const latency = this.#between(ANSWER_MS);
      const fails = this.random() < this.#faults.failing(sentAt);
      const kind = fails ? this.random() : 1;
      await this.time.wait(latency / 2);
      // Half of what fails was carried out all the same; a quarter is never answered.
      const answer = kind >= 0.5 ? this.#answer(url, init, actor, sentAt) : null;
      if (fails && (kind < 0.125 || kind > 0.875)) {
        await this.time.wait(GIVEN_UP_MS);
        throw new TypeError('fetch failed');
      }
      await this.time.wait(latency / 2);
      const [status, body, link]: Answer =
        fails || answer === null ? [502, { message: 'Server Error' }] : answer;
      const headers = {
        'content-type': 'application/json',
        date: new Date(this.time.now()).toUTCString(),
        ...(link === undefined ? {} : { link }),
      };
      // Read at once: what streams take turns of the machine's time, which is not the simulation's.
      const answered = new Response(null, { status, headers });
      return Object.defineProperties(answered, {
        url: { value: String(input) },
        text: { value: async () => JSON.stringify(body) },
      });
    };
  }

  /** A run that GitHub makes now. */
  start(
    repository: HubRepository,
    { path, event, actor }: Pick<HubRun, 'path' | 'event' | 'actor'>,
    { durationMs = repository.durationMs, id = this.#takeId() } = {},
  ): HubRun {
    const createdAt = this.time.now();
    const beginsAt = createdAt + this.#between(QUEUE_MS);
    const conclusion = this.random() < FAILED_SHARE ? 'failure' : 'success';
    const run: HubRun = {
      id,
      path,
      event,
      actor,
      createdAt,
      beginsAt,
      endsAt: beginsAt + durationMs,
      conclusion,
    };
    repository.runs.push(run);
    this.#tell(repository, run, createdAt);
    this.#tell(repository, run, beginsAt);
    this.#tell(repository, run, run.endsAt);
    return run;
  }

  #tell(repository: HubRepository, run: HubRun, at: number): void {
    if (!Number.isFinite(at) || this.random() < this.#faults.lostHooks) return;
    const tell = () => this.onRun(repository, this.#asStarted(run));
    this.time.later(tell, at - this.time.now() + repository.hookMs);
  }

  #asStarted(run: HubRun): StartedRun {
    const { id, path, event, actor, createdAt, conclusion, endsAt } = run;
    const state = stateOf(run, this.time.now());
    const ended = state === 'ended';
    return {
      id,
      attempt: 1,
      path,
      event,
      actor,
      createdAt: Math.floor(createdAt / SECOND_MS) * SECOND_MS,
      state,
      conclusion: ended ? conclusion : null,
      endedAt: ended ? endsAt : null,
    };
  }

  #answer(url: URL, init: RequestInit | undefined, actor: string, sentAt: number): Answer {
    const [, , , name = '', ...rest] = url.pathname.split('/');
    if (url.pathname === '/app') return [200, { slug: APP_SLUG }];
    const repository = this.repositories.get(name);
    if (repository === undefined) return [404, { message: 'Not Found' }];
    const [first, second, third, fourth] = rest;
    if (first === 'contents') return [200, { type: 'file', sha: 'blob' }];
    if (second === 'workflows' && fourth === undefined) return [200, { state: 'active' }];
    if (second === 'workflows' && fourth === 'dispatches') {
      return this.#dispatch(repository, `.github/workflows/${third}`, actor, sentAt);
    }
    const path = second === 'workflows' ? `.github/workflows/${third}` : null;
    if (third === undefined || fourth === 'runs') return this.#list(repository, path, url);
    const run = repository.runs.find(({ id }) => id === Number(third));
    if (run === undefined) return [404, { message: 'Not Found' }];
    return init?.method === 'POST' ? this.#cancel(repository, run) : this.#jobs(run);
  }

  #dispatch(repository: HubRepository, path: string, actor: string, at: number): Answer {
    const request: HubRequest = { repository, path, actor, at, run: null };
    this.requests.push(request);
    // GitHub names the id before the run is to be seen.
    const id = this.#takeId();
    const make = (): void => {
      request.run = this.start(repository, { path, event: 'workflow_dispatch', actor }, { id });
    };
    this.time.later(make, this.#between(CREATION_MS));
    return [200, { workflow_run_id: id }];
  }

  #list({ runs }: HubRepository, path: string | null, url: URL): Answer {
    const asked = url.searchParams;
    const now = this.time.now();
    const since = Date.parse(asked.get('created')?.slice(2) ?? '1970-01-01T00:00:00Z');
    const [event, status] = [asked.get('event'), asked.get('status')];
    const found: object[] = [];
    for (let place = runs.length - 1; place >= 0; place -= 1) {
      const run = runs[place];
      if (run === undefined || run.createdAt < since - MINUTE_MS) break;
      if (run.createdAt < since || run.createdAt > now - LIST_LAG_MS) continue;
      if (path !== null && run.path !== path) continue;
      if (event !== null && run.event !== event) continue;
      if (status !== null && STATUS[stateOf(run, now)] !== status) continue;
      found.push(listed(run, now));
    }
    const perPage = Number(asked.get('per_page') ?? 30);
    const page = Number(asked.get('page') ?? 1);
    const body = {
      total_count: found.length,
      workflow_runs: found.slice((page - 1) * perPage, page * perPage),
    };
    if (found.length <= page * perPage) return [200, body];
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    return [200, body, `<${next.href}>; rel="next"`];
  }

  #jobs(run: HubRun): Answer {
    const status = stateOf(run, this.time.now()) === 'waiting' ? 'queued' : 'in_progress';
    return [200, { total_count: 1, jobs: [{ id: run.id, steps: status === 'queued' ? [] : [{ status }] }] }];
  }

  #cancel(repository: HubRepository, run: HubRun): Answer {
    const now = this.time.now();
    if (stateOf(run, now) === 'ended')
      return [409, { message: 'Cannot cancel a workflow run that is completed.' }];
    run.endsAt = now;
    run.conclusion = 'cancelled';
    this.#tell(repository, run, now);
    return [202, {}];
  }

  #takeId(): number {
    this.#nextId += 1;
    return this.#nextId;
  }

  #between({ least, most }: { readonly least: number; readonly most: number }): number {
    return least + this.random() * (most - least);
  }
}

const STATUS = { waiting: 'queued', running: 'in_progress', ended: 'completed' } as const;

function stateOf({ beginsAt, endsAt }: HubRun, now: number): keyof typeof STATUS {
  if (now >= endsAt) return 'ended';
  return now >= beginsAt ? 'running' : 'waiting';
}

function listed(run: HubRun, now: number): object {
  const state = stateOf(run, now);
  const time = (at: number) => `${new Date(at).toISOString().slice(0, 19)}Z`;
  return {
    id: run.id,
    run_attempt: 1,
    workflow_id: 1,
    path: run.path,
    event: run.event,
    status: STATUS[state],
    conclusion: state === 'ended' ? run.conclusion : null,
    head_sha: 'head',
    head_branch: 'main',
    actor: { login: run.actor },
    created_at: time(run.createdAt),
    run_started_at: time(run.createdAt),
    updated_at: time(Math.min(now, state === 'ended' ? run.endsAt : now)),
  };
}
