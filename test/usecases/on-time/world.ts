import { createKeyedMutex, type KeyedMutex } from '../../../src/keyed-mutex.ts';
import type { DispatchAnswer } from '../../../src/on-time/answer.ts';
import type { ClockReading, ClockReadings } from '../../../src/on-time/clock-skew.ts';
import type { StartedRun } from '../../../src/on-time/started-run.ts';
import type { Context } from '../../../src/usecases/context.ts';
import { newProfile } from '../../../src/usecases/known-repository.ts';
import {
  createOnTimeDispatcher,
  LOOK_ROUND_MS,
  type OnTimeDispatcher,
} from '../../../src/usecases/on-time/dispatcher.ts';
import { refreshOnTime } from '../../../src/usecases/on-time/read-files.ts';
import type { DispatchRequest, RunDispatcher, SourceFile, Store } from '../../../src/usecases/ports.ts';
import { serveRepository } from '../../../src/workflow/serve-repository.ts';
import { APP_LOGIN, type FakeRepository, fakeContext, SEEN } from '../fakes.ts';

export const PATH = '.github/workflows/nightly.yml';

/** What the fake answers to one request, and whether a run comes of it. */
export interface Fate {
  readonly answer:
    | 'id'
    | 'accepted'
    | 'error'
    | 'timeout'
    | 'busy'
    | { readonly status: number; readonly message: string };
  readonly starts: boolean;
}

/** A run is started, and the answer names it. */
export const STARTED: Fate = { answer: 'id', starts: true };

/** Runs of one repository, as GitHub would start and list them. */
export class FakeActions implements RunDispatcher {
  readonly runs: StartedRun[] = [];
  readonly asked: (DispatchRequest & { readonly at: number })[] = [];
  readonly cancelled: number[] = [];
  readonly begun = new Set<number>();
  /** Fates of the requests to come; `STARTED` when they are used up. */
  readonly fates: Fate[] = [];
  blob = 'blob-1';
  /** Whether GitHub shows the file, where it is asked for by itself. */
  isShown: () => boolean = () => true;
  /** GitHub's clock is ahead of the machine's by so much. */
  skewMs = 0;
  /** What one answer says instead. */
  onlyOnceAheadMs: number | null = null;
  /** The machine's clock was set, and no answer has come since then. */
  isClockSet = false;
  #readings: ClockReading[] = [];
  /** Lists show runs this late, ms. */
  lagMs = 0;
  /** Thrown by every listing, while it stands here. */
  listFailure: Error | null = null;
  /** Called when a file is read: at the head of the branch, or at a commit. */
  onRead: (commit: string | null) => unknown = () => undefined;
  /** Called when runs are listed. */
  onList: () => unknown = () => undefined;
  /** Called when a request has been carried out and before its answer is seen. */
  onAsked: () => Promise<void> = async () => undefined;
  readonly #now: () => number;
  #nextId = 100;

  constructor(now: () => number) {
    this.#now = now;
  }

  async dispatch(ask: DispatchRequest): Promise<DispatchAnswer> {
    const { answer, starts } = this.fates.shift() ?? STARTED;
    this.asked.push({ ...ask, at: this.#now() });
    const none = { sent: true, status: null, message: '', runId: null, retryAfterMs: null };
    const run = starts ? this.start({ event: 'workflow_dispatch', actor: APP_LOGIN, path: ask.path }) : null;
    await this.onAsked();
    if (typeof answer === 'object') return { ...none, ...answer };
    switch (answer) {
      case 'id':
        return { ...none, status: 200, runId: run?.id ?? null };
      case 'accepted':
        return { ...none, status: 204 };
      case 'error':
        return { ...none, status: 500, message: 'Failed to run workflow dispatch' };
      case 'timeout':
        return none;
      case 'busy':
        return { ...none, sent: false, retryAfterMs: 20_000 };
    }
  }

  start(more: Partial<StartedRun> = {}): StartedRun {
    const run: StartedRun = {
      id: this.#nextId,
      attempt: 1,
      path: PATH,
      event: 'schedule',
      actor: 'mona',
      createdAt: this.#now(),
      state: 'waiting',
      conclusion: null,
      endedAt: null,
      ...more,
    };
    this.#nextId += 1;
    this.runs.push(run);
    return run;
  }

  end(id: number, conclusion: StartedRun['conclusion']): StartedRun {
    const at = this.runs.findIndex((run) => run.id === id);
    const run = this.runs[at];
    if (run === undefined) throw new RangeError(`No run ${id}.`);
    const ended = { ...run, state: 'ended', conclusion, endedAt: this.#now() } as const;
    this.runs[at] = ended;
    return ended;
  }

  async startedRuns(since: number): Promise<readonly StartedRun[]> {
    this.onList();
    if (this.listFailure !== null) throw this.listFailure;
    return this.runs.filter(({ createdAt }) => createdAt >= since && createdAt <= this.#now() - this.lagMs);
  }

  async hasBegun(runId: number): Promise<boolean> {
    return this.begun.has(runId);
  }

  async cancel(runId: number): Promise<void> {
    this.cancelled.push(runId);
  }

  async blobSha(_path?: string, commit?: string): Promise<string | null> {
    await this.onRead(commit ?? null);
    if (this.isClockSet) this.#readings = [];
    this.isClockSet = false;
    this.#readings.push(this.#reading(this.onlyOnceAheadMs ?? this.skewMs));
    this.onlyOnceAheadMs = null;
    return this.isShown() ? this.blob : null;
  }

  clockReadings(): ClockReadings {
    return this.isClockSet ? null : this.#readings;
  }

  #reading(aheadMs: number): ClockReading {
    const now = this.#now();
    return { date: now + aheadMs - 500, sentAt: now, receivedAt: now };
  }

  /** Requests that were sent, by their times. */
  get times(): readonly string[] {
    return this.asked.map(({ at }) => new Date(at).toISOString().slice(11, 19));
  }
}

/** `inputs` are the lines below `workflow_dispatch`. */
export const workflow = (cron: string, inputs = '') =>
  `on:\n  schedule:\n    - cron: '${cron}'\n  workflow_dispatch:\n${inputs}jobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n`;

/** The workflow as the merged pull request leaves it, with the net where there is one. */
export function servedFiles(net: 'own' | 'none', cron = '0 3 * * *'): readonly SourceFile[] {
  const files = [{ path: PATH, text: workflow(cron) }];
  const wanted = { path: PATH, mode: 'punctual', net, inputs: {}, manualServes: false } as const;
  return serveRepository(files, [wanted], { appSlug: 'offbeat' }).files;
}

export interface WorldOptions {
  /** Where everything is kept; in memory where it is left out. */
  readonly store?: Store;
  readonly change?: KeyedMutex;
  /** When the world begins, epoch ms. */
  readonly clockAt?: number;

  readonly config?: string;
  readonly cron?: string;
  readonly repository?: Partial<FakeRepository>;
  readonly over?: Partial<Context>;
}

/** One repository whose workflow is served from `START` on, by a clock that the test moves. */
export async function world({
  config = 'mode: suggest\non-time: punctual\nnet: cron\n',
  cron = '0 3 * * *',
  repository = {},
  over = {},
  store: given,
  change = createKeyedMutex(),
  clockAt = START,
}: WorldOptions = {}) {
  const faked: FakeRepository = {
    config,
    files: [{ path: PATH, text: workflow(cron) }],
    pushedAt: START,
    ...repository,
  };
  const { context, clock, written, log } = fakeContext(faked, {
    ...over,
    ...(given === undefined ? {} : { store: given }),
  });
  const { store } = context;
  clock.at = clockAt;
  const actions = new FakeActions(() => clock.at);
  faked.dispatcher = actions;
  await store.apply(SEEN.id, { profile: newProfile(SEEN) });
  const connected = await context.github.connect(newProfile(SEEN));
  await refreshOnTime(context, SEEN.id, connected);
  let wakeAt = Number.POSITIVE_INFINITY;
  const open = (own: Context, ownChange: KeyedMutex): OnTimeDispatcher =>
    createOnTimeDispatcher({ context: async () => own, change: ownChange }, clock.now, (at) => {
      wakeAt = Math.min(wakeAt, at);
    });
  let dispatcher = open(context, change);
  const others: OnTimeDispatcher[] = [];
  return {
    actions,
    context,
    clock,
    store,
    written,
    log,
    repository: faked,
    state: async () => {
      const state = await store.load(SEEN.id);
      if (state === undefined) throw new Error('The repository is known.');
      return state;
    },
    ticks: async () => (await store.load(SEEN.id))?.ticks ?? [],
    /** Lets the time pass until then, waking the dispatcher whenever it wants to be. */
    async until(at: number) {
      for (;;) {
        for (const one of [dispatcher, ...others]) await one.idle();
        // It is woken every minute besides, as by the server.
        const next = Math.min(wakeAt, clock.at + LOOK_ROUND_MS);
        if (next > at) break;
        clock.at = Math.max(clock.at, next);
        wakeAt = Number.POSITIVE_INFINITY;
        for (const one of [dispatcher, ...others]) one.wake();
      }
      clock.at = at;
    },
    /** Another process on the same data, woken at the same times. */
    another(data: { readonly store: Store; readonly change: KeyedMutex }): void {
      others.push(open({ ...context, store: data.store }, data.change));
    },
    /** A process that knows only what is stored; what it has not written is lost. */
    restart() {
      dispatcher = open(context, change);
      wakeAt = clock.at;
    },
    async note(run: StartedRun) {
      dispatcher.note(SEEN.id, run);
      await dispatcher.idle();
    },
    start() {
      wakeAt = clock.at;
    },
    /** As after a push. */
    async read(delivery: Partial<Context> = {}) {
      await refreshOnTime({ ...context, ...delivery }, SEEN.id, connected);
    },
  };
}

export const START = Date.parse('2026-11-02T00:00:00Z');
