import { describe, expect, it } from 'vitest';
import { readWorkflowFile } from '../../src/workflow/read.ts';

const HASH = '0123456789abcdef0123456789abcdef01234567';

function runsOffbeat(...steps: readonly string[]): boolean {
  const list = steps.map((step) => `      - ${step}\n`).join('');
  const text = `on:\n  schedule:\n    - cron: '0 3 * * *'\njobs:\n  a:\n    runs-on: x\n    steps:\n${list}`;
  return readWorkflowFile('.github/workflows/a.yml', text).runsOffbeat === true;
}

describe('a workflow that runs Offbeat itself', () => {
  it.each([
    [`uses: acme/offbeat@${HASH}`],
    ['uses: acme/offbeat@v1'],
    [`uses: acme/offbeat-fork@${HASH}`],
    [`{ uses: acme/offbeat@${HASH}, with: { command: tune } }`],
    ['uses: actions/checkout@v4', `{ uses: acme/Offbeat@${HASH}, with: { token: x } }`],
  ])('is known by its step: %s', (...steps) => {
    expect(runsOffbeat(...steps)).toBe(true);
  });

  it.each([
    [`{ uses: acme/offbeat@${HASH}, with: { command: check } }`],
    ['uses: acme/other@v1'],
    ['uses: offbeat/other@v1'],
    ['run: npx offbeat check'],
    ['uses: ./offbeat'],
  ])('is none with the step %s', (step) => {
    expect(runsOffbeat(step)).toBe(false);
  });
});
