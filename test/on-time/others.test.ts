import { describe, expect, it } from 'vitest';
import { placeRun, servedBy, withRecords } from '../../src/on-time/by-others.ts';
import { clockCorrectionMs, isClockInDoubt } from '../../src/on-time/clock-skew.ts';
import { foreignDispatcher } from '../../src/on-time/foreign.ts';
import {
  afterAnswer,
  afterFound,
  afterRun,
  type DueTick,
  intend,
  intendAgain,
  skip,
} from '../../src/on-time/progress.ts';
import { isUnserved, type ServedTick, servingRun } from '../../src/on-time/served-tick.ts';
import type { StartedRun } from '../../src/on-time/started-run.ts';
import { trialOf } from '../../src/on-time/trial.ts';
import { isTwinUndecided, twinFate } from '../../src/on-time/twins.ts';

const PATH = '.github/workflows/nightly.yml';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const TICK = Date.parse('2026-11-02T03:00:00Z');
const OTHERS = { hasOwnNet: false, manualServes: false, appLogin: 'offbeat[bot]' };

const due = (tick = TICK): DueTick => ({
  path: PATH,
  tick,
  cron: '0 3 * * *',
  timezone: 'UTC',
  mode: 'punctual',
  blobSha: null,
});

const run = (id: number, createdAt: number, more: Partial<StartedRun> = {}): StartedRun => ({
  id,
  attempt: 1,
  path: PATH,
  event: 'schedule',
  actor: 'mona',
  createdAt,
  state: 'waiting',
  conclusion: null,
  endedAt: null,
  ...more,
});

const served = (tick = TICK, more: Partial<StartedRun> = {}): ServedTick =>
  afterFound(
    intend(due(tick), tick),
    run(1, tick + 1_000, { event: 'workflow_dispatch', actor: OTHERS.appLogin, ...more }),
  );
const failed = (tick = TICK) => served(tick, { state: 'ended', conclusion: 'failure', endedAt: tick + HOUR });

describe('runs that somebody else has started', () => {
  it('takes a run of schedule for the twin of a served tick', () => {
    expect(placeRun(run(2, TICK + HOUR), [served()], OTHERS)).toMatchObject({ kind: 'twin' });
  });

  it('lets it serve a tick of any cron of the file that nobody has served', () => {
    const open = due(TICK + HOUR);
    const placed = placeRun(run(2, TICK + 2 * HOUR), [served(), open], OTHERS);
    expect(placed).toMatchObject({ kind: 'serves', tick: open });
    const record = servedBy(open, run(2, TICK + 2 * HOUR), 'github', TICK);
    expect(record.progress).toMatchObject({ state: 'skipped', why: 'github', runId: 2 });
    expect(isUnserved(record)).toBe(false);
  });

  it('sees the ticks of a file with what was decided on them, oldest first', () => {
    const [decided, open] = [failed(), due(TICK + HOUR)];
    expect(withRecords([open, due()], [decided])).toEqual([decided, open]);
  });

  it('gives a dispatched run to the newest tick that nobody has served, and no later one', () => {
    const net = { event: 'workflow_dispatch', actor: 'github-actions[bot]' };
    const others = { ...OTHERS, hasOwnNet: true };
    const [old, newest, next] = [due(), due(TICK + HOUR), due(TICK + 2 * HOUR)];
    const placed = (createdAt: number) => placeRun(run(2, createdAt, net), [old, newest, next], others);
    expect(placed(TICK + HOUR + 1_000)).toMatchObject({ kind: 'serves', tick: newest });
    expect(placed(TICK + 2 * HOUR - 1_000)).toMatchObject({ kind: 'serves', tick: newest });
    expect(placeRun(run(2, TICK + HOUR + 1_000), [old, newest], others)).toMatchObject({ tick: old });
  });

  it('takes a run of schedule for the twin of the newest served tick that has none', () => {
    const [old, newest] = [served(), served(TICK + HOUR)];
    const twin = { runId: 3, createdAt: TICK + HOUR, fate: 'waiting' } as const;
    const placed = (ticks: readonly ServedTick[]) => placeRun(run(2, TICK + 2 * HOUR), ticks, OTHERS);
    expect(placed([old, newest])).toEqual({ kind: 'twin', tick: newest });
    expect(placed([old, { ...newest, twin }])).toEqual({ kind: 'twin', tick: old });
  });

  it('gives a run of schedule to a tick that is at most two minutes later, a dispatched one to none', () => {
    const early = (ms: number, more: Partial<StartedRun> = {}) =>
      placeRun(run(2, TICK - ms, more), [due()], { ...OTHERS, manualServes: true }).kind;
    expect([early(2 * 60_000), early(2 * 60_000 + 1)]).toEqual(['serves', 'nothing']);
    expect(early(1, { event: 'workflow_dispatch' })).toBe('nothing');
  });

  it('leaves a tick alone that is later than the run', () => {
    expect(placeRun(run(2, TICK + HOUR), [served(), due(TICK + 2 * HOUR)], OTHERS).kind).toBe('twin');
  });

  it('adopts it where the served run has failed, and knows it again', () => {
    const tick = failed();
    expect(placeRun(run(2, TICK + HOUR), [tick], OTHERS).kind).toBe('serves');
    const adopted = servedBy(tick, run(2, TICK + HOUR), 'github', TICK);
    expect(servingRun(adopted)).toBe(2);
    expect(placeRun(run(2, TICK + HOUR), [adopted], OTHERS).kind).toBe('nothing');
  });

  it.each<[string, Partial<StartedRun>, Partial<typeof OTHERS>, string]>([
    ['a re-run', { attempt: 2 }, {}, 'nothing'],
    ['a person’s dispatch', { event: 'workflow_dispatch' }, {}, 'nothing'],
    ['a person’s dispatch that counts', { event: 'workflow_dispatch' }, { manualServes: true }, 'serves'],
    ['the net', { event: 'workflow_dispatch', actor: 'github-actions[bot]' }, { hasOwnNet: true }, 'serves'],
    [
      'another workflow’s dispatch',
      { event: 'workflow_dispatch', actor: 'github-actions[bot]' },
      {},
      'nothing',
    ],
    [
      'another App’s dispatch',
      { event: 'workflow_dispatch', actor: 'other[bot]' },
      { manualServes: true },
      'nothing',
    ],
    ['a push', { event: 'push' }, {}, 'nothing'],
  ])('%s', (_name, more, others, expected) => {
    const placed = placeRun(run(2, TICK + HOUR, more), [due()], { ...OTHERS, ...others });
    expect(placed.kind).toBe(expected);
  });

  it('cancels a twin only before its first step and while the served run is there or succeeded', () => {
    const idle = { hasBegun: false, mayCancel: true };
    expect(twinFate(served(), idle)).toBe('cancelled');
    expect(twinFate(served(TICK, { state: 'ended', conclusion: 'success' }), idle)).toBe('cancelled');
    expect(twinFate(served(), { ...idle, hasBegun: true })).toBe('left');
    expect(twinFate(served(), { ...idle, mayCancel: false })).toBe('left');
    expect(twinFate(failed(), idle)).toBe('adopted');
    expect(twinFate(served(TICK, { state: 'ended', conclusion: 'cancelled' }), idle)).toBe('adopted');
    expect(twinFate(intend(due(), TICK), idle)).toBe('waiting');
    expect(twinFate(intend(due(), TICK), { ...idle, hasBegun: true })).toBe('left');
  });

  it('decides anew on a twin that waits, or that runs on while the served run fails', () => {
    const twin = { runId: 2, createdAt: TICK, fate: 'left' } as const;
    expect(isTwinUndecided({ ...served(), twin })).toBe(false);
    expect(isTwinUndecided({ ...failed(), twin })).toBe(true);
    const lost = { state: 'lost', firstAt: TICK, at: TICK + HOUR } as const;
    expect(isTwinUndecided({ progress: lost, twin })).toBe(true);
    expect(isTwinUndecided({ ...served(), twin: { ...twin, fate: 'waiting' } })).toBe(true);
    expect(isTwinUndecided({ ...intend(due(), TICK), twin: { ...twin, fate: 'waiting' } })).toBe(false);
  });
});

describe('news of the served run', () => {
  const own = (more: Partial<StartedRun>) =>
    run(1, TICK + 1_000, { event: 'workflow_dispatch', actor: OTHERS.appLogin, ...more });

  it('takes attempts for the same serving, and news that are old or known for none', () => {
    const ended = afterRun(served(), own({ state: 'ended', conclusion: 'failure', endedAt: TICK + HOUR }));
    expect(ended.progress.state).toBe('failed');
    expect(afterRun(ended, own({ state: 'running' }))).toBe(ended);
    // A change that changes nothing would have others on the repository begin anew, who then tell it again.
    expect(afterRun(ended, own({ state: 'ended', conclusion: 'failure', endedAt: TICK + HOUR }))).toBe(ended);
    const again = afterRun(ended, own({ state: 'running', attempt: 2 }));
    expect(again.progress.state).toBe('running');
    expect(afterRun(again, own({ state: 'ended', conclusion: 'failure' }))).toBe(again);
    expect(afterRun(again, own({ state: 'ended', conclusion: 'success', attempt: 2 })).progress.state).toBe(
      'done',
    );
  });

  it('takes later news of the end of the same attempt', () => {
    const ended = afterRun(served(), own({ state: 'ended', conclusion: 'failure', endedAt: TICK + HOUR }));
    const news = own({ state: 'ended', conclusion: 'success', endedAt: TICK + HOUR + 1 });
    expect(afterRun(ended, news).progress).toMatchObject({ state: 'done', endedAt: TICK + HOUR + 1 });
  });

  it('takes a run that its own conditions have skipped for done', () => {
    const skipped = afterRun(served(), own({ state: 'ended', conclusion: 'skipped', endedAt: TICK + HOUR }));
    expect(skipped.progress.state).toBe('done');
  });

  it('does not know whether a tick has a run where the second request was refused or not sent', () => {
    const refused = { kind: 'refused', why: 'disabled', sentence: 'No.' } as const;
    const first = afterAnswer(intend(due(), TICK), { kind: 'not-known' });
    expect(afterAnswer(intendAgain(first, TICK + HOUR), refused).progress).toMatchObject({
      state: 'asked',
      answer: 'unknown',
      call: 2,
    });
    expect(afterAnswer(intend(due(), TICK), refused).progress.state).toBe('due');
  });

  it('says of the first run whether the trial has failed', () => {
    expect(trialOf([served()], 'success')).toBe('open');
    expect(trialOf([failed()], 'success')).toBe('failed');
    expect(trialOf([failed()], 'failure')).toBe('passed');
    const passed = served(TICK - HOUR, { state: 'ended', conclusion: 'success' });
    expect(trialOf([failed(), passed], 'success')).toBe('passed');
    expect(trialOf([served(TICK, { state: 'ended', conclusion: 'cancelled' })], 'success')).toBe('open');
    expect(trialOf([skip(due(), TICK, 'superseded'), failed(TICK + HOUR)], null)).toBe('passed');
  });
});

describe('another dispatcher', () => {
  const ticks = [due(), due(TICK + HOUR)];
  const bot = (id: number, createdAt: number, actor = 'other[bot]') =>
    run(id, createdAt, { event: 'workflow_dispatch', actor });

  it('is named when it has dispatched twice within two minutes of a tick', () => {
    const where = { appLogin: OTHERS.appLogin, hasOwnNet: true, manualServes: false };
    expect(foreignDispatcher([bot(1, TICK), bot(2, TICK + HOUR + 60_000)], ticks, where)).toBe('other[bot]');
    expect(foreignDispatcher([bot(1, TICK), bot(2, TICK + HOUR + 120_000)], ticks, where)).toBe('other[bot]');
    expect(foreignDispatcher([bot(1, TICK), bot(2, TICK + HOUR + 120_001)], ticks, where)).toBeNull();
    expect(foreignDispatcher([bot(1, TICK), bot(2, TICK + 60_000)], ticks, where)).toBeNull();
    expect(foreignDispatcher([bot(1, TICK), bot(2, TICK + HOUR / 2)], ticks, where)).toBeNull();
    const own = [bot(1, TICK, 'offbeat[bot]'), bot(2, TICK + HOUR, 'offbeat[bot]')];
    expect(foreignDispatcher(own, ticks, where)).toBeNull();
  });

  it('is not the net, nor a person', () => {
    const net = [TICK, TICK + HOUR].map((at, id) => bot(id, at, 'github-actions[bot]'));
    const where = { appLogin: OTHERS.appLogin, hasOwnNet: true, manualServes: false };
    expect(foreignDispatcher(net, ticks, where)).toBeNull();
    expect(foreignDispatcher(net, ticks, { ...where, hasOwnNet: false })).toBe('github-actions[bot]');
    const person = [TICK, TICK + HOUR].map((at, id) => bot(id, at, 'mona'));
    expect(foreignDispatcher(person, ticks, where)).toBeNull();
  });

  it('may use the token of a person, who comes at four ticks and hardly ever between them', () => {
    const hours = [0, 1, 2, 3].map((hour) => TICK + hour * HOUR);
    const four = hours.map((at) => due(at));
    const where = { appLogin: OTHERS.appLogin, hasOwnNet: true, manualServes: false };
    const runs = hours.map((at, id) => bot(id, at + 20_000, 'mona'));
    expect(foreignDispatcher(runs, four, where)).toBe('mona');
    expect(foreignDispatcher(runs.slice(1), four, where)).toBeNull();
    expect(foreignDispatcher(runs, four, { ...where, manualServes: true })).toBeNull();
    const late = hours.map((at, id) => bot(id, at + 90_000, 'mona'));
    expect(foreignDispatcher(late, four, where)).toBeNull();
    const between = hours.slice(0, 2).map((at, id) => bot(10 + id, at + HOUR / 2, 'mona'));
    expect(foreignDispatcher([...runs, ...between], four, where)).toBeNull();
  });
});

describe('the difference of the clocks', () => {
  const reading = (aheadMs: number) => ({ date: TICK + aheadMs, sentAt: TICK, receivedAt: TICK + 200 });
  it('is corrected above 30 seconds, by the newest answer that another one confirms', () => {
    expect(clockCorrectionMs([])).toBe(0);
    expect(clockCorrectionMs([reading(20_000), reading(20_000)])).toBe(0);
    expect(clockCorrectionMs([reading(0), reading(-91_000), reading(-90_000)])).toBe(-89_600);
    const slow = { ...reading(-90_000), receivedAt: TICK + 21_000 };
    expect(clockCorrectionMs([reading(-60_000), reading(-60_000), slow, slow])).toBe(-59_600);
  });

  it('is in doubt while one answer alone tells another time', () => {
    const wrong = reading(180 * DAY);
    expect(clockCorrectionMs([wrong])).toBe(0);
    expect(isClockInDoubt([wrong])).toBe(true);
    expect(clockCorrectionMs([reading(0), reading(0), wrong])).toBe(0);
    expect(isClockInDoubt([reading(0), reading(0), wrong])).toBe(true);
    expect(isClockInDoubt([reading(0), wrong, reading(0)])).toBe(false);
    expect(isClockInDoubt([reading(-60_000), reading(-60_000)])).toBe(false);
    expect(isClockInDoubt([reading(20_000)])).toBe(false);
    expect(isClockInDoubt([])).toBe(false);
  });

  it('is in doubt where our clock was set and no answer has come since', () => {
    expect(isClockInDoubt(null)).toBe(true);
    expect(clockCorrectionMs(null)).toBe(0);
  });
});
