import { describe, expect, it } from 'vitest';
import { mergedOnTime } from '../../src/on-time/merge-state.ts';
import { emptyOnTime, type OnTimeFile, type OnTimeState } from '../../src/on-time/state.ts';
import { onTimeFile } from '../store/sample.ts';

const HOLD = { why: 'refused', until: 9, times: 1, sentence: 'No.' } as const;
const OTHER = onTimeFile({ path: 'other.yml' });

function stateOf(more: Partial<OnTimeFile> = {}, state: Partial<OnTimeState> = {}): OnTimeState {
  return { ...emptyOnTime(), readAt: 1, files: [onTimeFile(more)], ...state };
}

const BEFORE = stateOf();
const EDITED = { blobSha: 'c'.repeat(40), crons: [{ cron: '10 3 * * *', timezone: 'UTC' }] };

describe('two changes of what stood there before', () => {
  it.each<[string, OnTimeState | null, OnTimeState | null, OnTimeState | null]>([
    [
      'a hold stays where the same file is read',
      stateOf({ hold: HOLD }),
      stateOf({}, { readAt: 2 }),
      stateOf({ hold: HOLD }, { readAt: 2 }),
    ],
    ['a hold goes where another file is read', stateOf({ hold: HOLD }), stateOf(EDITED), stateOf(EDITED)],
    [
      'a hold goes where other inputs are read',
      stateOf({ hold: HOLD }),
      stateOf({ inputs: { full: true } }),
      stateOf({ inputs: { full: true } }),
    ],
    [
      'what was read stays where a hold begins',
      stateOf(EDITED),
      stateOf({ issueFingerprint: 'x' }),
      stateOf({ ...EDITED, issueFingerprint: 'x' }),
    ],
    ['a watermark never moves back', stateOf({ watermark: 7e15 }), stateOf(), stateOf({ watermark: 7e15 })],
    [
      'a file that is gone stays away',
      stateOf({}, { files: [] }),
      stateOf({ issueFingerprint: 'x' }),
      stateOf({}, { files: [] }),
    ],
    [
      'a file goes',
      stateOf({ issueFingerprint: 'x' }),
      stateOf({}, { files: [] }),
      stateOf({}, { files: [] }),
    ],
    [
      'a file that was added stays',
      stateOf({}, { files: [onTimeFile(), OTHER] }),
      stateOf({ issueFingerprint: 'x' }),
      stateOf({}, { files: [onTimeFile({ issueFingerprint: 'x' }), OTHER] }),
    ],
    [
      'what two have read that differs is read again',
      stateOf({}, { readAt: 2 }),
      stateOf(EDITED, { readAt: 3 }),
      stateOf(EDITED, { readAt: null }),
    ],
    [
      'what two have read that is the same is not',
      stateOf({}, { readAt: 2 }),
      stateOf({}, { readAt: 3 }),
      stateOf({}, { readAt: 3 }),
    ],
    ['nothing is on time any more', stateOf({ issueFingerprint: 'x' }), null, null],
  ])('%s', (_name, standing, after, merged) => {
    expect(mergedOnTime(standing, BEFORE, after)).toEqual(merged);
  });

  it('of two who have read for the first time the first one stands', () => {
    expect(mergedOnTime(stateOf({ hold: HOLD }), null, stateOf())).toEqual(stateOf({ hold: HOLD }));
  });
});
