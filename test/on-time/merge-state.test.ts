import { describe, expect, it } from 'vitest';
import { mergedOnTime } from '../../src/on-time/merge-state.ts';
import { emptyOnTime, type OnTimeFile, type OnTimeState } from '../../src/on-time/state.ts';
import { onTimeFile } from '../store/sample.ts';

const HOLD = { why: 'refused', until: 9, times: 1, sentence: 'No.' } as const;
const FILE = onTimeFile();
const OTHER = onTimeFile({ path: 'other.yml' });
const LEFT = [{ path: OTHER.path, tellingSince: null }];

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
    ['a file goes', stateOf(), stateOf({}, { files: [] }), stateOf({}, { files: [] })],
    [
      'what one process alone has read is not read again',
      stateOf({ issueFingerprint: 'x' }),
      stateOf(EDITED, { readAt: 2 }),
      stateOf({ ...EDITED, issueFingerprint: 'x' }, { readAt: 2 }),
    ],
    [
      'a file goes and leaves the issue that was opened meanwhile',
      stateOf({ issueFingerprint: 'x' }),
      stateOf({}, { files: [] }),
      stateOf({}, { files: [], leftIssues: [{ path: FILE.path, tellingSince: null }] }),
    ],
    [
      'a file goes and leaves the issue that is being written',
      stateOf({ tellingSince: 5 }),
      stateOf({}, { files: [] }),
      stateOf({}, { files: [], leftIssues: [{ path: FILE.path, tellingSince: 5 }] }),
    ],
    [
      'an issue that was left stays until it is closed',
      stateOf({}, { leftIssues: LEFT }),
      stateOf({ watermark: 7e15 }),
      stateOf({ watermark: 7e15 }, { leftIssues: LEFT }),
    ],
    [
      'a file that is gone leaves its issue where another change still has the file',
      stateOf({}, { files: [], leftIssues: [{ path: FILE.path, tellingSince: null }] }),
      stateOf({ watermark: 7e15 }),
      stateOf({}, { files: [], leftIssues: [{ path: FILE.path, tellingSince: null }] }),
    ],
    [
      'a file comes back and takes over its issue',
      stateOf({}, { leftIssues: LEFT }),
      stateOf({}, { files: [onTimeFile(), OTHER] }),
      stateOf({}, { files: [onTimeFile(), OTHER] }),
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
  ])('%s', (_name, stored, after, merged) => {
    expect(mergedOnTime(stored, BEFORE, after)).toEqual(merged);
  });

  it('forgets an issue that was closed, and keeps another', () => {
    const one = { path: 'one.yml', tellingSince: null };
    const before = stateOf({}, { leftIssues: [one] });
    const stored = stateOf({}, { leftIssues: [one, ...LEFT] });
    expect(mergedOnTime(stored, before, stateOf())?.leftIssues).toEqual(LEFT);
  });

  it('keeps of a file that goes that it was switched off meanwhile', () => {
    const gone = { path: FILE.path, trial: FILE.trial, switchedOff: null, awaySince: 2 };
    const switchedOff = { why: 'It failed.', at: 1 };
    const after = stateOf({}, { files: [], away: [gone] });
    const merged = mergedOnTime(stateOf({ switchedOff }), BEFORE, after);
    expect(merged?.away).toEqual([{ ...gone, switchedOff }]);
    expect(mergedOnTime(merged, after, stateOf())?.away).toEqual([]);
    // A command has made Offbeat forget it meanwhile.
    expect(mergedOnTime(stateOf({}, { files: [] }), after, after)?.away).toEqual([]);
  });

  it('of two who have read for the first time the first one stands', () => {
    expect(mergedOnTime(stateOf({ hold: HOLD }), null, stateOf())).toEqual(stateOf({ hold: HOLD }));
  });
});
