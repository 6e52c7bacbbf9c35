import { describe, expect, it } from 'vitest';
import { matchJobs } from '../../src/jobs/graph.ts';
import { learnedShares } from '../../src/jobs/job-shares.ts';
import { newTrack, updateTrack } from '../../src/jobs/job-track.ts';
import { inOrder } from '../../src/workflow/job-graph.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { observed } from './observed.ts';

const matrix = (name: string): string => `\${{ matrix.${name} }}`;
const track = (name: string, labels = ['ubuntu-latest']) => newTrack({ name, labels });
const jobsOf = (yaml: string) => readWorkflowFile('ci.yml', `on: push\njobs:\n${yaml}`).jobs;
const matched = (yaml: string, names: readonly string[]) => {
  const { nodes, unseen, unknown } = matchJobs(
    jobsOf(yaml),
    names.map((name) => track(name)),
  );
  const byId = Object.fromEntries(nodes.map(({ id, tracks }) => [id, tracks.map(({ name }) => name)]));
  return { byId, unseen, unknown };
};

describe('observed jobs are matched with the file', () => {
  it.each([
    ['by id', '  build: { runs-on: x }', 'build'],
    ['by name', '  build: { name: Build it, runs-on: x }', 'Build it'],
    ['without the values of a matrix', '  build: { runs-on: x }', 'build (ubuntu-latest, 20)'],
    [
      'by a name with an expression',
      `  build: { name: "On ${matrix('os')} now", runs-on: x }`,
      'On macos now',
    ],
    [
      'by a name that puts the matrix in brackets',
      `  build: { name: "B (${matrix('os')})", runs-on: x }`,
      'B (macos)',
    ],
    ['by the calling job', '  build: { uses: ./.github/workflows/x.yml }', 'build / compile (debug)'],
    ['by a name with signs that patterns use', '  build: { name: "C++ [all]", runs-on: x }', 'C++ [all]'],
  ])('%s', (_, yaml, observed) => {
    const name = track(observed).name;
    expect(matched(yaml, [observed])).toEqual({ byId: { build: [name] }, unseen: [], unknown: [] });
  });

  it('prefers a literal name to one with an expression', () => {
    const yaml = `  any: { name: "test ${matrix('x')}", runs-on: x }\n  one: { name: test fast, runs-on: x }`;
    expect(matched(yaml, ['test fast', 'test slow']).byId).toEqual({
      any: ['test slow'],
      one: ['test fast'],
    });
  });

  it('lists what fits nothing, on either side', () => {
    const yaml = '  build: { runs-on: x }\n  deploy: { runs-on: x }';
    expect(matched(yaml, ['build', 'removed'])).toMatchObject({ unseen: ['deploy'], unknown: ['removed'] });
  });

  it('keeps jobs of one name on several runners together', () => {
    const tracks = [track('test (a)', ['ubuntu-latest']), track('test (b)', ['windows-latest'])];
    const { nodes } = matchJobs(jobsOf(`  test: { runs-on: "${matrix('os')}" }`), tracks);
    expect(nodes[0]?.tracks).toHaveLength(2);
  });
});

it('orders jobs after those that they need, and cuts circles', () => {
  const { nodes } = matchJobs(
    jobsOf('  c: { needs: [a, b] }\n  a: { needs: [c, missing] }\n  b: { needs: a }'),
    [],
  );
  const order = inOrder(nodes);
  expect(order).toHaveLength(3);
  for (const [place, at] of order.entries()) {
    for (const need of nodes[at]?.needs ?? []) expect(order.indexOf(need)).toBeLessThan(place);
  }
});

describe('shares of a run', () => {
  const jobs = jobsOf('  a: { runs-on: x }\n  b: { needs: a }\n  c: { needs: a }');
  const tracks = (seconds: Readonly<Record<string, number>>) =>
    Object.entries(seconds).map(([name, worked], place) =>
      updateTrack(track(name), observed(place, { name, worked })),
    );

  it('give the longest path the whole run, the waits for runners included', () => {
    // Each waits for 10 s.
    const found = learnedShares(matchJobs(jobs, tracks({ a: 20, b: 60, c: 10 })), () => false);
    expect(found).toEqual([
      { work: 0.2, wait: 0.1 },
      { work: 0.6, wait: 0.1 },
      { work: 0.1, wait: 0.1 },
    ]);
  });

  it('leave out a wait for runners whose limit is known', () => {
    const waiting = [
      updateTrack(track('a'), observed(1, { name: 'a', waited: 300, worked: 600 })),
      updateTrack(track('b'), observed(2, { name: 'b', waited: 0, worked: 100 })),
      updateTrack(track('c'), observed(3, { name: 'c', waited: 0, worked: 50 })),
    ];
    const [first] = learnedShares(matchJobs(jobs, waiting), () => true) ?? [];
    expect(first).toEqual({ work: 0.6, wait: 0 });
    expect(learnedShares(matchJobs(jobs, waiting), () => false)?.[0]).toEqual({ work: 0.6, wait: 0.3 });
  });

  it('are not known where a job was not seen', () => {
    expect(learnedShares(matchJobs(jobs, tracks({ a: 25, b: 75 })), () => false)).toBeNull();
  });
});
