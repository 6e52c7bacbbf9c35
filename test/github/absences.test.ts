import { describe, expect, it } from 'vitest';
import { createAbsences } from '../../src/github/absences.ts';

const MINUTE = 60_000;

function absencesAt() {
  const clock = { at: 0 };
  return { clock, absences: createAbsences(() => clock.at) };
}

describe('what GitHub names and denies', () => {
  it('is asked for again after 5 s, and then less and less often', () => {
    const { clock, absences } = absencesAt();
    const waits = Array.from({ length: 6 }, () => {
      const { retryAfterMs = 0, code } = absences.notYet('commit c1');
      expect(code).toBe('github-not-yet');
      clock.at += retryAfterMs;
      return retryAfterMs;
    });
    expect(waits).toEqual([5_000, 5_000, 10_000, 20_000, 30_000, 30_000]);
  });

  it('is refused after ten minutes, so that no work waits for ever', () => {
    const { clock, absences } = absencesAt();
    for (; clock.at < 10 * MINUTE; clock.at += MINUTE) {
      expect(absences.notYet('commit c1').code).toBe('github-not-yet');
    }
    const refusal = absences.notYet('commit c1');
    expect(refusal).toMatchObject({ code: 'github-refused', where: 'commit c1', retryAfterMs: undefined });
    expect(absences.notYet('commit c2').code).toBe('github-not-yet');
  });

  it('is another matter where nobody has asked for two minutes', () => {
    const { clock, absences } = absencesAt();
    absences.notYet('commit c1');
    clock.at += 20 * MINUTE;
    expect(absences.notYet('commit c1').code).toBe('github-not-yet');
  });
});
