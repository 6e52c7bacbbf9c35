import { afterEach, expect, it, vi } from 'vitest';
import { processOutput } from '../../src/cli/output.ts';

afterEach(() => vi.restoreAllMocks());

it('says nothing on standard error that a terminal takes for a command', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  processOutput().error(
    'No workflow named "a\u001b[2Jb\u001b]0;x\u0007.yml" is known.\nKnown are c\r.yml\u202e, d.yml.',
  );
  expect(write.mock.calls).toEqual([
    ['No workflow named "a[2Jb]0;x.yml" is known.\nKnown are c .yml, d.yml.\n'],
  ]);
});
