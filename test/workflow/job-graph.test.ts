import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { longestMinutes, widestJobs } from '../../src/workflow/job-graph.ts';
import { jobsOf } from '../../src/workflow/jobs.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import type { Job } from '../../src/workflow/schedule.ts';
import { sampledRuns } from '../sampled.ts';

function job(id: string, needs: readonly string[] = [], width: number | null = 1): Job {
  return { id, needs, width, runsOn: [], timeoutMinutes: null, uses: null };
}

describe('jobsOf', () => {
  it('reads what a job says statically', () => {
    const file = readWorkflowFile(
      '.github/workflows/a.yml',
      [
        'on: push',
        'jobs:',
        '  build:',
        '    runs-on: [self-hosted, linux]',
        '    timeout-minutes: 15',
        '  test:',
        '    needs: build',
        '    runs-on: ${{ matrix.os }}',
        '    timeout-minutes: ${{ inputs.minutes }}',
        '    strategy: { matrix: { os: [a, b, c] } }',
        '  ship:',
        '    needs: [build, test]',
        '    uses: ./.github/workflows/ship.yml',
        '  group:',
        '    runs-on: { group: large, labels: [gpu] }',
        '  broken: nothing',
        '',
      ].join('\n'),
    );
    expect(file.jobs).toEqual([
      { ...job('build'), runsOn: ['self-hosted', 'linux'], timeoutMinutes: 15 },
      { ...job('test', ['build'], 3) },
      { ...job('ship', ['build', 'test']), uses: './.github/workflows/ship.yml' },
      { ...job('group'), runsOn: ['gpu'] },
    ]);
  });

  const matrix = (value: unknown, more: object = {}) =>
    jobsOf({ jobs: { a: { strategy: { matrix: value, ...more } } } })[0]?.width;

  it.each([
    ['one axis', { os: ['a', 'b'] }, 2],
    ['two axes', { os: ['a', 'b'], node: [20, 22, 24] }, 6],
    ['an empty axis', { os: [] }, 0],
    ['exclude', { os: ['a', 'b'], node: [20, 22], exclude: [{ os: 'a', node: 20 }] }, 3],
    ['exclude of a whole value', { os: ['a', 'b'], node: [20, 22], exclude: [{ os: 'a' }] }, 2],
    ['include that extends', { os: ['a', 'b'], include: [{ os: 'a', fast: true }] }, 2],
    ['include that adds', { os: ['a', 'b'], include: [{ os: 'c' }] }, 3],
    ['include that extends all', { os: ['a', 'b'], include: [{ colour: 'green' }] }, 2],
    ['include alone', { include: [{ a: 1 }, { a: 2 }, { a: 3 }] }, 3],
    ['values that are mappings', { os: [{ n: 'a' }, { n: 'b' }], exclude: [{ os: { n: 'a' } }] }, 1],
    ['an expression', '${{ fromJSON(needs.plan.outputs.matrix) }}', null],
    ['an axis by expression', { os: '${{ fromJSON(inputs.os) }}', node: [1, 2] }, null],
    ['an include by expression', { os: ['a'], include: '${{ fromJSON(inputs.more) }}' }, null],
    [
      'more axes than can be combined',
      Object.fromEntries(
        Array(5000)
          .fill(0)
          .map((_, i) => [`a${i}`, [1]]),
      ),
      null,
    ],
    ['more includes than GitHub makes', { a: [1], include: Array(5000).fill({ b: 1 }) }, 256],
    ['more than GitHub makes', { a: Array(40).fill(1), b: Array(40).fill(2) }, 256],
  ])('counts a matrix with %s', (_, value, width) => {
    expect(matrix(value)).toBe(width);
  });

  it('counts at most max-parallel jobs of a matrix', () => {
    expect(matrix({ os: ['a', 'b', 'c'] }, { 'max-parallel': 2 })).toBe(2);
    expect(matrix({ os: ['a'] }, { 'max-parallel': 2 })).toBe(1);
  });

  it.each([[undefined], [null], [[]], ['jobs'], [{ jobs: [] }], [{ jobs: { a: null } }]])(
    'finds none in %j',
    (value) => {
      expect(jobsOf(value)).toEqual([]);
    },
  );
});

describe('widestJobs', () => {
  it.each([
    ['none', [], 0],
    ['one', [job('a')], 1],
    ['a chain', [job('a'), job('b', ['a']), job('c', ['b'])], 1],
    ['independent ones', [job('a'), job('b'), job('c')], 3],
    ['a fan', [job('a'), job('b', ['a']), job('c', ['a']), job('d', ['b', 'c'])], 2],
    ['a matrix in a chain', [job('a'), job('b', ['a'], 6), job('c', ['b'])], 6],
    ['an unknown width', [job('a', [], null), job('b')], 2],
    // Layers by depth would say 2: b beside c; but a2 has nothing to wait for and meets them.
    ['a long job beside a chain', [job('a1'), job('a2'), job('b', ['a1']), job('c', ['a1'])], 3],
    ['a need that is no job', [job('a', ['ghost']), job('b')], 2],
  ])('%s', (_, jobs, width) => {
    expect(widestJobs(jobs)).toBe(width);
  });

  it('equals the heaviest set of jobs of which none waits for another', () => {
    const graph = fc.array(fc.record({ width: fc.integer({ min: 0, max: 4 }), needs: fc.array(fc.nat(8)) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(graph, (nodes) => {
        const jobs = nodes.map(({ width, needs }, index) =>
          job(
            `j${index}`,
            needs.filter((need) => need < index).map((need) => `j${need}`),
            width,
          ),
        );
        expect(widestJobs(jobs)).toBe(widestByTrial(jobs));
      }),
      sampledRuns(500, 100),
    );
  });

  it('answers for circles and for very many jobs', () => {
    expect(widestJobs([job('a', ['b']), job('b', ['a']), job('c')])).toBeLessThanOrEqual(3);
    const many = Array.from({ length: 2000 }, (_, index) =>
      job(`j${index}`, index < 500 ? [] : [`j${index - 500}`]),
    );
    expect(widestJobs(many)).toBe(500);
  });
});

/** Every subset, so for a handful of jobs only. */
function widestByTrial(jobs: readonly Job[]): number {
  const before = new Map<string, Set<string>>();
  for (const { id, needs } of jobs) {
    before.set(id, new Set(needs.flatMap((need) => [need, ...(before.get(need) ?? [])])));
  }
  let widest = 0;
  for (let subset = 0; subset < 2 ** jobs.length; subset += 1) {
    const chosen = jobs.filter((_, index) => (subset >> index) & 1);
    const apart = chosen.every(({ id }) => !chosen.some((other) => before.get(id)?.has(other.id)));
    if (apart)
      widest = Math.max(
        widest,
        chosen.reduce((sum, { width }) => sum + (width ?? 1), 0),
      );
  }
  return widest;
}

describe('longestMinutes', () => {
  const limited = (id: string, timeoutMinutes: number | null, needs: readonly string[] = []): Job => ({
    ...job(id, needs),
    timeoutMinutes,
  });

  it.each<[string, readonly Job[], number]>([
    ['one job that names none', [limited('a', null)], 360],
    ['jobs side by side', [limited('a', 20), limited('b', 50)], 50],
    ['a chain, in whatever order it is written', [limited('b', 50, ['a']), limited('a', 20)], 70],
    [
      'the longer of two chains',
      [limited('a', 20), limited('b', 50, ['a']), limited('c', 5, ['b']), limited('d', 90)],
      90,
    ],
    ['no job at all', [], 360],
  ])('bounds %s', (_, jobs, minutes) => {
    expect(longestMinutes(jobs)).toBe(minutes);
  });

  it('ends where jobs wait for each other', () => {
    expect(longestMinutes([limited('a', 5, ['b']), limited('b', 5, ['a'])])).toBeGreaterThanOrEqual(5);
  });
});
