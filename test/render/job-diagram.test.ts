import { expect, it } from 'vitest';
import { type JobOnPath, jobDiagram } from '../../src/render/job-diagram.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { parseDiagram } from './mermaid.ts';

const job = (id: string, needs: readonly string[] = [], over: Partial<JobOnPath> = {}): JobOnPath => ({
  id,
  needs: [...needs],
  seconds: 90,
  slow_seconds: 120,
  queue_seconds: 5,
  slow_queue_seconds: 9,
  critical_share: 1,
  slow_critical_share: 1,
  slack_seconds: 0,
  waiting_share: 0.05,
  gain: 0,
  runs: 12,
  ...over,
});
const FENCE = /```mermaid\n([^`]*)```/;

it('draws a graph that Mermaid reads, whatever jobs are called', async () => {
  const jobs = [
    job('end'),
    job('x"]; click n0 "https://example.org" <b>`@all`'),
    job('last', ['end', 'gone'], { critical_share: 0, runs: 0 }),
  ];
  const text = FENCE.exec(toMarkdown(jobDiagram(jobs)))?.[1] ?? '';
  expect(await parseDiagram(text)).toContain('flowchart');
  expect(text).toContain('n0 --> n2');
  expect(text).toContain('class n0,n1 critical');
  expect(text).not.toContain('@');
  expect(text).not.toContain('https://');
  expect(toTerminal(jobDiagram(jobs))).toBe('');
});

it('draws nothing where no job waits for another, or there are too many', () => {
  expect(jobDiagram([job('a'), job('b')])).toEqual([]);
  expect(jobDiagram(Array.from({ length: 31 }, (_, at) => job(`j${at}`, ['j0'])))).toEqual([]);
});
