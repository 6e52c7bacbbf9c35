import { expect, it } from 'vitest';
import type { Run } from '../../src/history/run.ts';
import { emptyRepository } from '../../src/store/kept-repository.ts';
import { RETENTION, withinBounds } from '../../src/store/retention.ts';
import { DAY_MS } from '../../src/time.ts';
import { decision } from '../proposal/sample.ts';
import { profile, run } from './sample.ts';

const EMPTY = emptyRepository(profile(1), 0);

/** A history that tells how often it was gone through. */
function watched(runs: readonly Run[]) {
  let walks = 0;
  const history = [...runs];
  const walk = history[Symbol.iterator].bind(history);
  Object.assign(history, {
    [Symbol.iterator]() {
      walks += 1;
      return walk();
    },
  });
  return { history, walks: () => walks };
}

it('counts the runs of a repository again only when a file may be over its bound', () => {
  const path = (id: number): string => `.github/workflows/${id % 2}.yml`;
  const past = Array.from({ length: 1_000 }, (_, id) => run(id, { path: path(id) }));
  let before = withinBounds({ ...EMPTY, runs: past }, RETENTION).state.runs;
  const counted: number[] = [];
  for (let id = 1_000; id < 1_102; id += 1) {
    // All of one file: it may have 550 runs before it is cut to 500.
    const changed = [run(id, { path: path(0) })];
    const { history, walks } = watched([...before.slice(), ...changed]);
    const { state, rolledUp } = withinBounds({ ...EMPTY, runs: history }, RETENTION, {
      runsChange: { before, changed },
    });
    if (walks() > 0) counted.push(id);
    expect(rolledUp).toHaveLength(id === 1_050 || id === 1_101 ? 51 : 0);
    before = state.runs;
  }
  expect(counted).toEqual([1_050, 1_051, 1_101]);
});

it('spares a run whose end nobody has seen for 35 days, the longest that GitHub lets a run take', () => {
  const spared = (days: number): boolean => {
    const newest = run(1_000);
    const going = run(0, { createdAt: newest.createdAt - days * DAY_MS, endedAt: null, conclusion: null });
    const others = Array.from({ length: 600 }, (_, at) => run(at + 1));
    const { state } = withinBounds({ ...EMPTY, runs: [going, ...others, newest] }, RETENTION);
    expect(state.runs.length).toBe(500);
    return [...state.runs].some(({ id }) => id === 0);
  };
  expect(spared(35)).toBe(true);
  expect(spared(36)).toBe(false);
});

it('keeps of old decisions what is replayed, and of very old ones when and how they were decided', () => {
  const [schedule] = decision().schedules;
  if (schedule === undefined) throw new Error('The sample decides on nothing.');
  const pick = { key: schedule.key, to: '5 2 * * *', hours: 1 };
  const shadow = { strategy: 'gen1-1', lowerBound: 0.5, value: 0.5, dominated: false, picks: [pick] };
  const undisputed = { ...schedule, key: 'other.yml#0' };
  const decisions = Array.from({ length: 60 }, (_, at) => ({
    ...decision(),
    id: `d${at}`,
    strategies: [shadow],
    schedules: [{ ...schedule, reasons: ['It waits less.'] }, undisputed],
  }));
  const retention = { ...RETENTION, wholeDecisions: 3 };
  const { state } = withinBounds({ ...EMPTY, decisions }, retention);
  expect(state.decisions.at(-1)).toBe(decisions.at(-1));
  expect(state.decisions.at(-4)?.schedules).toMatchObject([{ key: schedule.key, reasons: [] }]);
  expect(state.decisions.at(-4)?.strategies).toMatchObject([{ picks: [pick] }]);
  expect(state.decisions[5]).toMatchObject({
    schedules: [],
    gates: decisions[5]?.gates,
  });
  expect(withinBounds(state, retention).state.decisions[5]).toBe(state.decisions[5]);
});
