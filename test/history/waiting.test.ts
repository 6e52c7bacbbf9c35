import { describe, expect, it } from 'vitest';
import { waitingWorkflows } from '../../src/history/waiting.ts';
import { NIGHTLY, sampleRun } from './sample-run.ts';

function runs(queueSeconds: readonly (number | null)[]) {
  return queueSeconds.map((seconds, at) => sampleRun(at, '2026-01-05T02:00:00Z', { queueSeconds: seconds }));
}

describe('workflows whose jobs wait', () => {
  it.each([
    ['most runs waited a minute or longer', [60, 300, 5, 90, 61], [NIGHTLY]],
    ['they got a runner within seconds', [5, 8, 3, 600, 2], []],
    ['too few runs were seen', [900, 900], []],
    ['nothing is known of waits', [null, null, null, null, null, null], []],
    ['only older runs waited', [...Array(20).fill(900), ...Array(20).fill(4)], []],
  ])('%s', (_, seconds, expected) => {
    expect(waitingWorkflows(runs(seconds))).toEqual(expected);
  });
});
