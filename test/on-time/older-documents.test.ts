import { expect, it } from 'vitest';
import { SkipReason } from '../../src/on-time/served-tick.ts';
import { OnTimeFile } from '../../src/on-time/state.ts';
import { onTimeFile } from '../store/sample.ts';

it('reads the fingerprint of the issue from documents that call it `told`', () => {
  const { issueFingerprint: _, ...older } = onTimeFile();
  expect(OnTimeFile.parse({ ...older, told: 'x' })).toEqual({ ...older, issueFingerprint: 'x' });
});

it('reads ticks that older documents call missed as superseded', () => {
  expect(SkipReason.parse('missed')).toBe('superseded');
  expect(SkipReason.safeParse('lost').success).toBe(false);
});
