import { describe, expect, it } from 'vitest';
import type { Verdict } from '../../src/proposal/verdict/verdict.ts';
import type { WatchedMove } from '../../src/proposal/watch.ts';
import { renderVerdict, verdictSentence } from '../../src/render/verdict.ts';

const SINCE = Date.UTC(2026, 8, 7);
const DAY_MS = 86_400_000;

const move = (name: string) => ({
  key: `.github/workflows/${name}.yml#0`,
  path: `.github/workflows/${name}.yml`,
  index: 0,
  from: '0 3 * * *',
  to: '41 4 * * *',
  timezone: 'UTC',
});
const MOVES = [move('nightly'), move('report')];

const verdict = (days: number, missing: readonly string[]): Verdict => ({
  at: SINCE + days * DAY_MS,
  kind: 'inconclusive',
  by: null,
  findings: [],
  worse: [],
  missing: [...missing],
});

/** The comment; the first `edited` moves were changed since the merge. */
function comment(given: Verdict, final: boolean, edited = 0): string {
  const moves = MOVES.map(
    ({ key }, at): WatchedMove => ({
      key,
      actorBefore: null,
      firstRunAt: null,
      alarms: [],
      ...(at < edited ? { leftBecause: 'edited' as const } : {}),
    }),
  );
  const proposal = { moves: MOVES, pullNumber: 7 };
  return renderVerdict({
    proposal,
    watch: { since: SINCE, moves },
    verdict: given,
    final,
    rollbackNumber: null,
  });
}

describe('an inconclusive verdict', () => {
  const lacking = verdict(16, ['3 more runs of `nightly`']);

  it('is too early while the moves are watched', () => {
    expect(comment(lacking, false)).toContain('**Too early to say.**');
    expect(comment(lacking, false)).toContain('Still missing: 3 more runs');
    expect(verdictSentence(lacking, false)).toBe('Too early to say.');
  });

  it('is no clear result once it is final, and says what was missing', () => {
    const last = comment(verdict(60, ['3 more runs of `nightly`']), true, 1);
    expect(last).toContain('**No clear result.**');
    expect(last).toContain('too few runs were seen for a verdict');
    expect(last).toContain('What was missing: 3 more runs');
    expect(last).not.toContain('Too early');
    expect(verdictSentence(lacking)).toBe('No clear result.');
  });

  it('speaks of changed crons and of no runs where all of them were changed since', () => {
    const given = comment(
      verdict(3, ['the crons as they were proposed: all of them were changed since']),
      true,
      2,
    );
    expect(given).toContain('**No clear result.**');
    expect(given).toContain('every cron that it moved was changed again');
    expect(given).not.toMatch(/too few runs|Too early|What was missing/);
  });
});

it('says of figures that differ, and of no clear difference, that chance is not ruled out', () => {
  const said = comment({ ...verdict(15, []), kind: 'no-difference' }, true);
  expect(said).toContain('**No clear difference.**');
  expect(said).toContain('no figure changed so clearly that chance is ruled out');
  expect(said).not.toContain('nothing changed');
});
