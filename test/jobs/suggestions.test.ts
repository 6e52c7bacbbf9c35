import { describe, expect, it } from 'vitest';
import { criticalPath } from '../../src/jobs/critical-path.ts';
import { matchJobs } from '../../src/jobs/graph.ts';
import { emptyJobs, learnJobs } from '../../src/jobs/learned-jobs.ts';
import { sparserCron } from '../../src/jobs/sparser-rhythm.ts';
import { suggestionsFor, timeoutMinutes } from '../../src/jobs/suggestions.ts';
import { readWorkflowFacts } from '../../src/workflow/job-facts.ts';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { seeded } from '../forecast/random.ts';
import { MONDAY, observed, PATH } from './observed.ts';

const HOUR_SECONDS = 3_600;
const NO_OVERLAP = { share: 0, runs: 0, lostShare: 0 };

/**
 * One job of a run: when it is queued (seconds after the run), and seconds of waiting and work; several for a matrix.
 */
type Told = readonly [name: string, at: number, waited: number, worked: number];

function sourcesOf(jobs: string, told: readonly Told[], runs = 40, overlap = NO_OVERLAP) {
  const text = `on: push\njobs:\n${jobs}`;
  const file = readWorkflowFile(PATH, text);
  const observedJobs = Array.from({ length: runs }, (_, run) =>
    told.map(([name, at, waited, worked], place) =>
      observed(100 * run + place, { runId: run, name, at: run * HOUR_SECONDS + at, waited, worked }),
    ),
  ).flat();
  const tracks = Object.values(learnJobs(emptyJobs(), observedJobs).workflows[PATH]?.jobs ?? {});
  const graph = matchJobs(file.jobs, tracks);
  const options = { at: MONDAY + runs * HOUR_SECONDS * 1_000, random: seeded(3), draws: 200 };
  const path = criticalPath(graph, options);
  if (path === null) throw new Error('Nothing was seen.');
  return { file, facts: readWorkflowFacts(text), graph, path, options, overlap };
}

const suggested = (...of: Parameters<typeof sourcesOf>) => suggestionsFor(sourcesOf(...of));
const kinds = (...of: Parameters<typeof sourcesOf>) =>
  suggested(...of).map(({ kind, job }) => `${kind} ${job}`);

const STEP = '    runs-on: ubuntu-latest\n    steps: [{ run: make build }]\n';

describe('a timeout', () => {
  it.each([
    [{ q995: 1_800, longest: 1_900 }, 60],
    [{ q995: 600, longest: 3_600 }, 90],
    [{ q995: 60, longest: 60 }, 11],
  ])('of a tail %j is %i minutes', (tail, minutes) => {
    expect(timeoutMinutes(tail)).toBe(minutes);
  });

  it('is suggested from thirty successes on, where none is written', () => {
    const told: readonly Told[] = [['build', 0, 5, 600]];
    const [timeout] = suggested(`  build:\n${STEP}`, told);
    expect(timeout).toMatchObject({
      kind: 'timeout',
      insertion: { into: ['jobs', 'build'], key: 'timeout-minutes', value: 20 },
    });
    expect(timeout?.confidence).toBeGreaterThan(0.9);
    expect(kinds(`  build:\n${STEP}`, told, 29)).toEqual([]);
    expect(kinds(`  build:\n    timeout-minutes: 90\n${STEP}`, told)).toEqual([]);
  });
});

describe('needs that nothing asks for', () => {
  const told: readonly Told[] = [
    ['lint', 0, 5, 300],
    ['check', 305, 5, 200],
  ];
  const second = (more: string) => `  lint:\n${STEP}  check:\n    needs: [lint]\n${more}${STEP}`;

  it('are told with the time that they cost, and never written', () => {
    const [needs] = suggested(second(''), told);
    expect(needs).toMatchObject({ kind: 'needs', job: 'check', insertion: null });
    expect(needs?.gainSeconds).toBeGreaterThan(180);
    expect(needs?.gainSeconds).toBeLessThan(230);
    expect(needs?.described).toEqual({ kind: 'without-need', job: 'check', need: 'lint' });
  });

  it.each([
    ['a condition', "    if: success('lint')\n"],
    ['an output', `    env: { A: "\${{ needs.lint.outputs.a }}" }\n`],
    ['an environment', '    environment: production\n'],
    ['an artifact', '    env: { B: actions/download-artifact }\n'],
    ['a secret', `    env: { B: "\${{ secrets.B }}" }\n`],
  ])('are left alone where %s asks for the order', (_, more) => {
    expect(kinds(second(more), told).filter((kind) => kind.startsWith('needs'))).toEqual([]);
  });

  it.each([
    ['./scripts/ship.sh', 'make test'],
    ['make test', './scripts/ship.sh'],
    ['make test', 'terraform apply'],
    ['npm run migrate', 'make test'],
  ])('are left alone where one of `%s` and `%s` is not known as harmless', (first, then) => {
    const step = (run: string) => STEP.replace('make build', run);
    const jobs = `  lint:\n${step(first)}  check:\n    needs: [lint]\n${step(then)}`;
    expect(kinds(jobs, told).filter((kind) => kind.startsWith('needs'))).toEqual([]);
  });

  it('are left alone on runners of one\u2019s own without a checkout, where a job finds what another has left', () => {
    const own = (steps: string) =>
      second('').replaceAll('ubuntu-latest', 'gpu').replaceAll('[{ run', `[${steps}{ run`);
    expect(kinds(own(''), told)).not.toContain('needs check');
    expect(kinds(own('{ uses: actions/checkout@v5 }, '), told)).toContain('needs check');
  });

  it('are left alone where the job before is under a condition, which skips the other too', () => {
    const jobs = second('').replace('  lint:\n', "  lint:\n    if: github.actor != 'bot'\n");
    expect(kinds(jobs, told)).not.toContain('needs check');
  });

  describe('between jobs of which others wait', () => {
    const ship = STEP.replace('make build', './ship.sh');
    const around: readonly Told[] = [
      ['first', 0, 5, 60],
      ['lint', 65, 5, 300],
      ['check', 370, 5, 200],
      ['last', 575, 5, 60],
    ];
    const jobs = (first: string, last: string, needs: string) =>
      `  first:\n${first}  lint:\n    needs: first\n${STEP}  check:\n    needs: lint\n${STEP}` +
      `  last:\n    needs: ${needs}\n${last}`;
    it.each([
      ['all are known', STEP, STEP, 'check', true],
      ['one before them is not', ship, STEP, 'check', false],
      ['one after them is not', STEP, ship, 'check', false],
      ['the one after them waits for both', STEP, ship, '[check, lint]', true],
    ])('are told or left alone where %s', (_, first, last, needs, isTold) => {
      expect(kinds(jobs(first, last, needs), around).includes('needs check')).toBe(isTold);
    });
  });

  it('are left alone where they cost nothing', () => {
    const jobs = `  lint:\n${STEP}  slow:\n${STEP}  check:\n    needs: [lint, slow]\n${STEP}`;
    const others: readonly Told[] = [
      ['lint', 0, 5, 20],
      ['slow', 0, 5, 600],
      ['check', 605, 5, 100],
    ];
    expect(suggested(jobs, others).some(({ sentence }) => sentence.includes('`lint`.'))).toBe(false);
  });
});

it('splits the test job that most of the run is spent in', () => {
  const jobs = `  lint:\n${STEP}  test:\n${STEP}`;
  const told: readonly Told[] = [
    ['lint', 0, 5, 60],
    ['test', 0, 5, 900],
  ];
  const [split] = suggested(jobs, told);
  expect(split).toMatchObject({ kind: 'split', job: 'test', insertion: null });
  expect(split?.gainSeconds).toBeCloseTo(450, -2);
});

it('splits every job of a matrix, and none of one that runs so many at once', () => {
  const jobs = (more: string) => `  test:\n    strategy:\n${more}      matrix: { os: [a, b, c] }\n${STEP}`;
  const told: readonly Told[] = [
    ['test (a)', 0, 5, 900],
    ['test (b)', 0, 5, 890],
    ['test (c)', 0, 5, 880],
  ];
  const [split] = suggested(jobs(''), told);
  expect(split?.gain).toContain('ends up to 8 minutes earlier');
  expect(split?.gain).toContain('takes 3 more runners');
  expect(kinds(jobs('      max-parallel: 3\n'), told)).not.toContain('split test');
});

describe('max-parallel', () => {
  const jobs = (strategy: string) =>
    `  build:\n    strategy:\n${strategy}      matrix: { shard: [1, 2, 3, 4] }\n${STEP}`;
  const told = (waited: number): readonly Told[] => [
    ['build (1)', 0, 5, 300],
    ['build (2)', 0, 5, 300],
    ['build (3)', 0, waited, 300],
    ['build (4)', 0, waited, 300],
  ];

  it('is what ran at once where the last jobs of a matrix wait for the first', () => {
    const found = suggested(jobs(''), told(300)).find(({ kind }) => kind === 'max-parallel');
    expect(found?.insertion).toEqual({ into: ['jobs', 'build', 'strategy'], key: 'max-parallel', value: 2 });
  });

  it('is not suggested without waits, nor where one is written', () => {
    expect(kinds(jobs(''), told(10))).not.toContain('max-parallel build');
    expect(kinds(jobs('      max-parallel: 3\n'), told(300))).not.toContain('max-parallel build');
  });
});

describe('concurrency', () => {
  const told: readonly Told[] = [['build', 0, 5, 600]];
  const overlap = { share: 0.4, runs: 50, lostShare: 0.2 };

  it('is suggested where runs of a branch overlap, and none is written', () => {
    const found = suggested(`  build:\n${STEP}`, told, 20, overlap);
    expect(found).toMatchObject([{ kind: 'concurrency', job: null, insertion: null }]);
    expect(found[0]?.gain).toContain('2.0 minutes');
  });

  it('is not suggested for what may change something outside', () => {
    const step = STEP.replace('make build', './ship.sh');
    expect(kinds(`  ship:\n${step}`, [['ship', 0, 5, 60]], 20, overlap)).toEqual([]);
  });
});

it.each([
  ['*/5 * * * *', '*/10 * * * *'],
  ['7 * * * *', '7 */2 * * *'],
  ['7 */6 * * 1', '7 */12 * * 1'],
  ['7 2,8,14,20 * * *', '7 2,14 * * *'],
  ['7 2 * * *', null],
  ['*/7 * * * *', null],
  ['7 1,2,3 * * *', null],
  ['1-5 * * * *', null],
])('half as often as %s is %s', (cron, sparser) => {
  expect(sparserCron(cron)).toBe(sparser);
});

describe('a sparser rhythm', () => {
  const jobs = `  look:\n${STEP}  act:\n    needs: look\n${STEP}`;
  const sourcesWith = (skipped: number) => {
    const sources = sourcesOf(jobs, [['look', 0, 5, 61]], 30);
    const acted = Array.from({ length: 30 }, (_, run) =>
      observed(9_000 + run, { runId: run, name: 'act', conclusion: run < skipped ? 'skipped' : 'success' }),
    );
    const [track] = Object.values(learnJobs(emptyJobs(), acted).workflows[PATH]?.jobs ?? {});
    const file = readWorkflowFile(PATH, `on:\n  schedule:\n    - cron: '7 * * * *'\njobs:\n${jobs}`);
    const nodes = sources.graph.nodes.map((node) =>
      node.id === 'act' && track !== undefined ? { ...node, tracks: [track] } : node,
    );
    return suggestionsFor({ ...sources, file, graph: { ...sources.graph, nodes } });
  };

  it('is suggested where runs find nothing to do, with the minutes that it saves', () => {
    const found = sourcesWith(30).find(({ kind }) => kind === 'rhythm');
    expect(found?.sentence).toContain('`7 */2 * * *`');
    // 365 fewer runs a month, of two minutes each.
    expect(found?.gain).toContain('About 731 minutes');
    expect(found?.insertion).toBeNull();
  });

  it('is not suggested where they often have something to do', () => {
    expect(sourcesWith(20).some(({ kind }) => kind === 'rhythm')).toBe(false);
  });
});
