import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderExplanation } from '../../src/render/explain.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { decision, schedule } from '../proposal/sample.ts';

function explained(shares: readonly number[], benefit: number): string {
  const reasons = shares.map((share) => ({ term: 'overlap', share, sentence: 'It overlaps less.' }));
  const explanation = { reasons, counterfactual: 'Staying would mean: nothing.', wouldChange: [] };
  return toTerminal(renderExplanation(decision([schedule({ benefit, explanation })])));
}

describe('the explanation of a move', () => {
  it.each([
    [[0.09, 0.06], 0.13, 'Taken off again: 2 % of its cost, for what gets worse and for the change itself.'],
    [[0.09, 0.03], 0.14, 'Smaller gains add 2 % of its cost, after what the change itself takes off.'],
  ])('says where %j goes to come to %d', (shares, benefit, sentence) => {
    expect(explained(shares, benefit)).toContain(sentence);
  });

  it('says nothing of a rest where the reasons come to the whole', () => {
    expect(explained([0.09, 0.04], 0.13)).not.toMatch(/Taken off|Smaller gains/);
  });

  it('names the cron where a file has several', () => {
    const titles = (...rows: readonly ReturnType<typeof schedule>[]) =>
      toTerminal(renderExplanation(decision(rows)));
    const one = schedule({ cron: '0 3 * * *', to: '0 3 * * *' });
    const other = schedule({ cron: '0 4 * * 1', to: '0 4 * * 1' });
    expect(titles(one, other)).toMatch(/nightly\.yml: 0 3 \* \* \*\n[\s\S]*nightly\.yml: 0 4 \* \* 1\n/);
    expect(titles(one)).not.toContain('0 3 * * *');
  });

  it('says whose figures the gates were asked of, where a pull request shows older ones', () => {
    const said = (row: ReturnType<typeof schedule>) => toMarkdown(renderExplanation(gated(row)));
    const gated = (row: ReturnType<typeof schedule>) => ({
      ...decision([row]),
      gates: [{ gate: 'confidence', passed: true, detail: 'It is sure.' }],
    });
    expect(said(schedule({ inPull: 12 }))).toContain('those with which pull request #12 was made');
    expect(said(schedule())).not.toContain('pull request');
  });

  it('shows shares that add up', () => {
    const share = fc.double({ min: 0.03, max: 1, noNaN: true });
    fc.assert(
      fc.property(
        fc.array(share, { maxLength: 3 }),
        fc.double({ min: -0.5, max: 1, noNaN: true }),
        (shares, benefit) => {
          const text = explained(shares, benefit);
          const figures = (pattern: RegExp): number =>
            [...text.matchAll(pattern)].reduce((sum, [, figure]) => sum + Number(figure), 0);
          const whole = figures(/Saves (-?\d+) % of its cost/g);
          const parts =
            figures(/That is (\d+) % of its cost/g) +
            figures(/Smaller gains add (\d+) %/g) -
            figures(/Taken off again: (\d+) %/g);
          expect(parts).toBe(whole);
        },
      ),
    );
  });
});
