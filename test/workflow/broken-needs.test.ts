import { convertWorkflowTemplate, parseWorkflow } from '@actions/workflow-parser';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/workflow/read.ts';
import { sampledRuns } from '../sampled.ts';

const PATH = '.github/workflows/nightly.yml';
const REFUSED = 'GitHub refuses such a file, so none of its schedules runs.';

/** A nightly workflow with jobs that have these `needs`; the first job stands in line 5, each takes four lines. */
function withNeeds(needs: Readonly<Record<string, readonly string[]>>): string {
  const jobs = Object.entries(needs).map(
    ([id, names]) =>
      `  ${id}:\n    needs: [${names.join(', ')}]\n    runs-on: x\n    steps: [{ run: make }]\n`,
  );
  return `on:\n  schedule:\n    - cron: '17 3 * * *'\njobs:\n${jobs.join('')}`;
}

const problemsOf = (text: string) =>
  (readWorkflowFile(PATH, text).problems ?? []).map(({ line, sentence }) => ({ line, sentence }));

/** What GitHub's own parser says of the jobs. */
async function githubErrors(text: string): Promise<string[]> {
  const trace = { error: () => {}, info: () => {}, verbose: () => {} };
  const { context, value } = parseWorkflow({ name: PATH, content: text }, trace);
  if (value === undefined) throw new Error('GitHub cannot read it at all.');
  const template = await convertWorkflowTemplate(context, value);
  return (template.errors ?? []).map(({ Message }) => Message);
}

describe('needs that GitHub refuses', () => {
  it('are names that are no job, with the nearest one', () => {
    const text = withNeeds({ build: [], deploy: ['biuld', 'zzz'] });
    expect(problemsOf(text)).toEqual([
      {
        line: 10,
        sentence: `The job "deploy" needs "biuld", which is no job of this file. Did you mean "build"? ${REFUSED}`,
      },
      { line: 10, sentence: `The job "deploy" needs "zzz", which is no job of this file. ${REFUSED}` },
    ]);
  });

  it('are circles, each told once and without those that wait for it', () => {
    const text = withNeeds({ a: [], b: ['a', 'd'], c: ['b'], d: ['c'], e: ['d'], f: ['f'] });
    expect(problemsOf(text)).toEqual([
      { line: 10, sentence: `Jobs wait for each other in a circle: "b" → "d" → "c" → "b". ${REFUSED}` },
      { line: 26, sentence: `The job "f" needs itself. ${REFUSED}` },
    ]);
  });

  it('are not looked for without a schedule', () => {
    expect(problemsOf('on: push\njobs:\n  a: { needs: b, runs-on: x, steps: [{ run: make }] }\n')).toEqual(
      [],
    );
  });

  it('are those that GitHub’s own parser finds', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const needs = fc.record(
      Object.fromEntries(names.map((name) => [name, fc.subarray([...names, 'gone'], { maxLength: 2 })])),
    );
    await fc.assert(
      fc.asyncProperty(needs, async (graph) => {
        const text = withNeeds(graph);
        expect(problemsOf(text).length > 0).toBe((await githubErrors(text)).length > 0);
      }),
      sampledRuns(300, 40),
    );
  });

  it('are told up to a bound, whatever a file holds', () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`j${at}`, [`x${at}`, `j${at}`]]));
    expect(problemsOf(withNeeds(many))).toHaveLength(40);
    const ring = Object.fromEntries(
      Array.from({ length: 300 }, (_, at) => [`j${at}`, [`j${(at + 1) % 300}`]]),
    );
    expect(problemsOf(withNeeds(ring))).toEqual([
      { line: 6, sentence: expect.stringContaining('→ 290 more → "j0".') },
    ]);
  });
});
