import type { Conclusion } from '../history/run.ts';
import type { DemoRun } from './payloads.ts';

/*
 * Runs that come into being while the emulated GitHub is asked: from a dispatch, or from its own scheduler. Nothing
 * happens by itself: whatever is due by now happens, in order of time, when somebody looks.
 */

/** How long things take, and how they end. May be changed at any time; runs that exist keep what they began with. */
export interface RunPace {
  /** From the request to the run; on GitHub up to 10 s. */
  readonly creationMs: number;
  /** From then until lists show it. */
  readonly listLagMs: number;
  /** Until a runner takes the first job, and from then until its first step begins. */
  readonly queueMs: number;
  readonly setUpMs: number;
  /** Of the job, its set-up included. */
  readonly durationMs: number;
  /** What a job takes to stop: steps get SIGINT, SIGTERM after 7.5 s, and are killed 2.5 s later. */
  readonly stopMs: number;
  readonly conclusion: Conclusion;
}

/** A concurrency group as the workflow file asks for it. */
export interface RunGroup {
  readonly name: string;
  readonly cancelsRunning: boolean;
  /** `queue: max`: up to 100 wait instead of one. */
  readonly queues: boolean;
}

/** Attempt 1 of a run: what is known of it from the start. */
export interface StartedRun
  extends Omit<DemoRun, 'attempt' | 'startedAt' | 'endedAt' | 'conclusion' | 'jobs'> {
  /** `owner/name`. */
  readonly repository: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly group: RunGroup | null;
  readonly pace: RunPace;
}

/** `asked`: no run yet. `pending`: waits for its group. */
export type RunPhase = 'asked' | 'pending' | 'queued' | 'in_progress' | 'completed';

/** A run at one moment. Times are epoch ms; `null` is not yet. */
export interface RunState {
  readonly run: StartedRun;
  readonly phase: RunPhase;
  readonly queuedAt: number | null;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** When it will have stopped after a cancel. */
  readonly stopsAt: number | null;
  readonly conclusion: Conclusion | null;
}

/** GitHub keeps so many waiting in a group with `queue: max`. */
const MAX_QUEUE = 100;

/** A run that no runner has taken ends almost at once. */
const QUICK_STOP_MS = 500;

/** The runs of every repository, moved on by `advance`. */
export class EmulatedRuns {
  readonly #states = new Map<number, RunState>();
  readonly #onChange: (state: RunState, at: number) => void;

  /** `onChange` hears of each phase that a run enters but `asked`, in order. */
  constructor(onChange: (state: RunState, at: number) => void) {
    this.#onChange = onChange;
  }

  get all(): readonly RunState[] {
    return [...this.#states.values()];
  }

  /** A run that exists; `undefined` also while it was only asked for. */
  find(id: number): RunState | undefined {
    const state = this.#states.get(id);
    return state?.phase === 'asked' ? undefined : state;
  }

  start(run: StartedRun): void {
    const open = { queuedAt: null, startedAt: null, endedAt: null, stopsAt: null, conclusion: null };
    this.#states.set(run.id, { run, phase: 'asked', ...open });
  }

  /** Lets happen what is due by then. */
  advance(now: number): void {
    for (;;) {
      const next = this.all
        .map((state) => ({ state, at: nextAt(state) }))
        .filter(({ at }) => at <= now)
        .sort((one, other) => one.at - other.at || one.state.run.id - other.state.run.id)[0];
      if (next === undefined) return;
      this.#step(next.state, next.at);
    }
  }

  /** When something happens next, epoch ms; infinite where nothing will. */
  nextAt(): number {
    return Math.min(Number.POSITIVE_INFINITY, ...this.all.map(nextAt));
  }

  /** Asks a run to stop; false where it has ended or is none. */
  cancel(id: number, now: number): boolean {
    const state = this.find(id);
    if (state === undefined || state.phase === 'completed') return false;
    const takes = state.phase === 'in_progress' ? state.run.pace.stopMs : QUICK_STOP_MS;
    this.#states.set(id, { ...state, stopsAt: state.stopsAt ?? now + takes });
    return true;
  }

  #step(state: RunState, at: number): void {
    if (state.stopsAt === at) this.#end(state, at, 'cancelled');
    else if (state.phase === 'asked') this.#create(state, at);
    else if (state.phase === 'queued') this.#set({ ...state, phase: 'in_progress', startedAt: at }, at);
    else this.#end(state, at, state.run.pace.conclusion);
  }

  #create(state: RunState, at: number): void {
    const { group } = state.run;
    const others = group === null ? [] : this.#inGroup(state.run, group.name);
    const working = others.filter(({ phase }) => phase === 'queued' || phase === 'in_progress');
    const pending = others.filter(({ phase }) => phase === 'pending');
    if (working.length === 0) {
      this.#set({ ...state, phase: 'queued', queuedAt: at }, at);
      return;
    }
    const isFull = group?.queues === true ? pending.length >= MAX_QUEUE : true;
    if (isFull) for (const replaced of pending) this.#end(replaced, at, 'cancelled');
    if (group?.cancelsRunning === true) for (const { run } of working) this.cancel(run.id, at);
    this.#set({ ...state, phase: 'pending' }, at);
  }

  #end(state: RunState, at: number, conclusion: Conclusion): void {
    this.#set({ ...state, phase: 'completed', endedAt: at, conclusion, stopsAt: null }, at);
    const { group } = state.run;
    if (group === null) return;
    const others = this.#inGroup(state.run, group.name);
    if (others.some(({ phase }) => phase === 'queued' || phase === 'in_progress')) return;
    const [next] = others.filter(({ phase }) => phase === 'pending');
    if (next !== undefined) this.#set({ ...next, phase: 'queued', queuedAt: at }, at);
  }

  /** Others that are in the group and have not ended, oldest first. GitHub ignores case. */
  #inGroup(run: StartedRun, name: string): readonly RunState[] {
    return this.all.filter(
      (other) =>
        other.run.id !== run.id &&
        other.run.repository === run.repository &&
        other.run.group?.name.toLowerCase() === name.toLowerCase() &&
        other.phase !== 'asked' &&
        other.phase !== 'completed',
    );
  }

  #set(state: RunState, at: number): void {
    this.#states.set(state.run.id, state);
    this.#onChange(state, at);
  }
}

/** When the next thing happens to a run by itself. */
function nextAt({ run, phase, queuedAt, startedAt, stopsAt }: RunState): number {
  const never = Number.POSITIVE_INFINITY;
  const stop = stopsAt ?? never;
  if (phase === 'asked') return run.createdAt;
  if (phase === 'queued' && queuedAt !== null) return Math.min(stop, queuedAt + run.pace.queueMs);
  if (phase === 'in_progress' && startedAt !== null) return Math.min(stop, startedAt + run.pace.durationMs);
  return phase === 'pending' ? stop : never;
}
