import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DispatchAnswer, meaningOf } from '../../src/on-time/answer.ts';
import { dueNow, type ServedFile } from '../../src/on-time/due.ts';
import { LOOK_BACK_MS, lookFor } from '../../src/on-time/lookup.ts';
import { afterAnswer, afterLook, intend, intendAgain, skip } from '../../src/on-time/progress.ts';
import { isOpen, type ServedTick, servingRun, tickKey } from '../../src/on-time/served-tick.ts';
import type { StartedRun } from '../../src/on-time/started-run.ts';

const PATH = '.github/workflows/nightly.yml';
const APP = 'offbeat[bot]';
const START = Date.parse('2026-11-02T03:00:00Z');
const STEP_MS = 15_000;
const STEPS = 100;

const FILE: ServedFile = {
  path: PATH,
  mode: 'punctual',
  crons: [{ cron: '*/5 * * * *', timezone: 'UTC' }],
  delayMs: 0,
  catchUpMs: null,
};

/** What happens to one request: whether GitHub carries it out, what it answers, and when the process dies. */
const RequestFate = fc.record({
  answer: fc.constantFrom(
    'id',
    'accepted',
    'error-though-done',
    'error',
    'timeout-though-done',
    'limit',
    'not-sent',
    'refused',
  ),
  createdAfterMs: fc.integer({ min: -2_000, max: 10_000 }),
  crash: fc.constantFrom('none', 'none', 'none', 'before-call', 'before-answer-is-kept'),
  neverCreated: fc.boolean(),
});
type RequestFate = typeof RequestFate extends fc.Arbitrary<infer Fate> ? Fate : never;

const CARRIED_OUT: ReadonlySet<string> = new Set([
  'id',
  'accepted',
  'error-though-done',
  'timeout-though-done',
]);

/** GitHub whose lists lag: a list shows every run up to some moment before now, and none after. */
class World {
  readonly created: StartedRun[] = [];
  #nextId = 1;

  request(at: number, fate: RequestFate): DispatchAnswer {
    const none = { sent: true, status: null, message: '', runId: null, retryAfterMs: null };
    const isDone = CARRIED_OUT.has(fate.answer) && !(fate.answer === 'accepted' && fate.neverCreated);
    const run = isDone ? this.add(at + fate.createdAfterMs, 'workflow_dispatch', APP) : null;
    switch (fate.answer) {
      case 'id':
        return { ...none, status: 200, runId: run?.id ?? null };
      case 'accepted':
        return { ...none, status: 204 };
      case 'error-though-done':
      case 'error':
        return { ...none, status: 500, message: 'Failed to run workflow dispatch' };
      case 'limit':
        return { ...none, status: 429, retryAfterMs: 1_000 };
      case 'not-sent':
        return { ...none, sent: false, retryAfterMs: 1_000 };
      case 'refused':
        return { ...none, status: 422, message: "Workflow does not have 'workflow_dispatch' trigger" };
      default:
        return none;
    }
  }

  add(createdAt: number, event: string, actor: string): StartedRun {
    const [state, conclusion, endedAt] = ['waiting', null, null] as const;
    const id = this.#nextId;
    this.#nextId += 1;
    const run = { id, attempt: 1, path: PATH, event, actor, createdAt, state, conclusion, endedAt };
    this.created.push(run);
    return run;
  }

  list(from: number, shownUntil: number): readonly StartedRun[] {
    return this.created.filter(({ createdAt }) => createdAt >= from && createdAt <= shownUntil);
  }
}

/** Serves the ticks of the file for 25 minutes, as a dispatcher does that keeps each record before it goes on. */
function serve(fates: readonly RequestFate[], lagsMs: readonly number[], others: readonly number[]) {
  const world = new World();
  const records = new Map<string, ServedTick>();
  const keep = (tick: ServedTick) => records.set(tickKey(tick), tick);
  let watermark = START - 1;
  let requests = 0;
  const ask = (intent: ServedTick, now: number): void => {
    keep(intent);
    const fate = fates[requests % fates.length];
    requests += 1;
    if (fate === undefined || fate.crash === 'before-call') return;
    const meaning = meaningOf(world.request(now, fate));
    if (fate.crash === 'before-answer-is-kept' || meaning.kind === 'without-details') return;
    keep(afterAnswer(intent, meaning));
  };
  for (let step = 0; step < STEPS; step += 1) {
    const now = START + step * STEP_MS;
    if (others.includes(step)) world.add(now, 'push', 'mona');
    const known = [...records.values()];
    for (const tick of known.filter(isOpen)) {
      const { progress } = tick;
      if (progress.state !== 'intent' && progress.state !== 'asked') continue;
      const claimed = new Set(known.flatMap((one) => servingRun(one) ?? []));
      const lag = lagsMs[step % lagsMs.length] ?? 0;
      const runs = world.list(progress.firstAt - LOOK_BACK_MS, now - lag);
      const looked = lookFor(tick, progress, { now, runs, claimed, nextAskedAt: null, appLogin: APP });
      if (looked.kind === 'ask-again') ask(intendAgain(tick, now), now);
      else {
        const next = afterLook(tick, looked, now);
        if (next !== null) keep(next);
      }
    }
    const isBusy = [...records.values()].some(isOpen);
    const due = dueNow(FILE, [...records.values()], { watermark, now });
    for (const { due: one, why } of due.skipped) keep(skip(one, now, why));
    if (isBusy) continue;
    watermark = due.watermark;
    const [next] = due.prompt.length > 0 ? due.prompt : [due.toCatchUp].filter((one) => one !== null);
    if (next !== undefined) ask(intend(next, now), now);
    for (const one of due.prompt.slice(1)) keep({ ...one, twin: null, progress: { state: 'due' } });
  }
  return { world, records: [...records.values()] };
}

describe('serving a tick', () => {
  it('starts one run a tick at most, whatever answers, crashes and lists that lag', () => {
    fc.assert(
      fc.property(
        fc.array(RequestFate, { minLength: 1, maxLength: 8 }),
        fc.array(fc.integer({ min: 0, max: 240_000 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.nat(STEPS), { maxLength: 12 }),
        (fates, lags, others) => {
          const { world, records } = serve(fates, lags, others);
          const own = world.created.filter(({ actor }) => actor === APP);
          const asked = records.filter(({ progress }) => !['due', 'skipped'].includes(progress.state));
          expect(own.length).toBeLessThanOrEqual(asked.length);
          const serving = records.flatMap((one) => servingRun(one) ?? []);
          expect(new Set(serving).size).toBe(serving.length);
          // Each run came within the time in which its own tick was asked for.
          for (const { progress } of records) {
            if (!('createdAt' in progress) || progress.state === 'skipped') continue;
            const run = own.find(({ id }) => id === progress.runId);
            expect(Math.abs((run?.createdAt ?? Number.NaN) - progress.firstAt)).toBeLessThan(6 * 60_000);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('starts a run for every tick where GitHub does what it says', () => {
    const fate: RequestFate = { answer: 'id', createdAfterMs: 500, crash: 'none', neverCreated: false };
    const { world, records } = serve([fate], [0], []);
    expect(world.created).toHaveLength(5);
    expect(new Set(records.map(({ progress }) => progress.state))).toEqual(new Set(['seen']));
  });
});
