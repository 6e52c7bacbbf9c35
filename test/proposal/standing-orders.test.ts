import { describe, expect, it } from 'vitest';
import { currentDecision } from '../../src/proposal/current-decision.ts';
import { decision, NOW, proposal, schedule } from './sample.ts';

const PATH = '.github/workflows/nightly.yml';
const OTHER = '.github/workflows/other.yml';
const LEFT_ALONE = { path: PATH, as: 'pinned', at: NOW, by: 'mona' } as const;
const NOTHING_ASKED = { leftAlone: [], snoozedUntil: null };
const gate = (name: string, detail: string, more: object = {}) => ({
  gate: name,
  passed: false,
  detail,
  ...more,
});

describe('a recorded decision', () => {
  const rows = [schedule({ benefit: 0.3 }), schedule({ path: OTHER, key: `${OTHER}#0`, benefit: 0.1 })];
  const gates = [
    gate('snooze', 'A maintainer has asked for quiet until 2026-06-01.'),
    gate('mode', 'The mode is `observe`: decisions are recorded and nothing is touched.'),
    gate('confidence', `The least sure of 2 moves, that of \`${PATH}\`, is 50 % sure.`),
    gate('open-proposal', 'Pull request #3 is open.', { pulls: [3] }),
    gate('repository', 'The repository is archived and is left alone.'),
  ];
  const round = { ...decision(rows), benefit: 0.4, gates };
  const now = (over: object = {}, mode?: 'suggest') =>
    currentDecision({ decisions: [round], proposals: [], care: NOTHING_ASKED, ...over }, { now: NOW, mode });

  it('holds nothing back for an order that is over, or a pull request that is closed', () => {
    expect(now({}, 'suggest')?.gates.map(({ passed }) => passed)).toEqual([true, true, false, true, false]);
    expect(now()?.gates[1]).toEqual(gates[1]);
    expect(now({ care: { ...NOTHING_ASKED, snoozedUntil: NOW + 1 } })?.gates[0]?.passed).toBe(false);
    const open = proposal({ pullNumber: 3, moves: [], state: 'open' });
    expect(now({ proposals: [open] })?.gates[3]).toEqual(gates[3]);
  });

  it('moves nothing that was left alone since, and says which answers are older', () => {
    const found = now({ care: { ...NOTHING_ASKED, leftAlone: [LEFT_ALONE] } });
    expect(found?.schedules.map(({ outcome, to, cron }) => [outcome, to === cron])).toEqual([
      ['refused', true],
      ['move', false],
    ]);
    expect(found?.benefit).toBeCloseTo(0.1, 9);
    expect(found?.gates[2]?.detail).toContain(`Asked before \`${PATH}\` was left alone: The least sure`);
    expect(found?.gates[4]).toEqual(gates[4]);
  });

  it('asks for no /unignore of what may be moved again', () => {
    const left = now({ care: { ...NOTHING_ASKED, leftAlone: [LEFT_ALONE] } });
    const decisions = [round, { ...round, id: 'd2', schedules: left?.schedules ?? [] }];
    const [row] = now({ decisions })?.schedules ?? [];
    expect(row).toMatchObject({ outcome: 'keep', inRound: false, today: rows[0]?.today });
    expect(row?.reasons.join()).not.toContain('unignore');
  });
});
