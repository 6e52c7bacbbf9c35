import { expect, it } from 'vitest';
import { makesContent } from '../../src/github/write-spacing.ts';

it.each([
  ['GET', '/repos/{owner}/{repo}/issues', false],
  ['POST', '/repos/{owner}/{repo}/issues', true],
  ['PATCH', '/repos/{owner}/{repo}/pulls/{pull_number}', true],
  ['POST', '/repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches', false],
  ['POST', '/repos/{owner}/{repo}/actions/runs/{run_id}/cancel', false],
])('a request %s %s counts among the writes that make content: %s', (method, url, counts) => {
  expect(makesContent({ method, url })).toBe(counts);
});
