import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namingPulls } from '../../src/proposal/gates.ts';
import { renderDecisionMarkdown } from '../../src/render/decision.ts';
import { gateSentence } from '../../src/render/gate-words.ts';
import { decision } from '../proposal/sample.ts';
import { autolinks, page } from './github.ts';
import { hostile } from './hostile.ts';

const held = (detail: string, ...numbers: readonly number[]) =>
  namingPulls(
    { gate: 'open-proposal', passed: false, detail },
    numbers.map((pullNumber) => ({ pullNumber })),
  );

describe('the sentence of a gate', () => {
  it('links pull requests of the App’s own, and nothing else', () => {
    expect(gateSentence(held('Pull request #12 is still open.', 12))).toBe('Pull request #12 is still open.');
    expect(gateSentence(held('Pull request #1 is still open.', 12))).not.toContain('#1');
    expect(gateSentence(held('`a #9.yml` was moved by #12.', 12))).toBe('`a #9.yml` was moved by #12.');
    expect(gateSentence(held('Pull request #123 is open.', 12))).not.toContain('#123');
  });

  it('does nothing that a name asks for', () => {
    fc.assert(
      fc.property(hostile, (name) => {
        const gates = [held(`\`${name}\` was moved less than 14 days ago.`)];
        const drawn = page(renderDecisionMarkdown({ decision: { ...decision([]), gates }, pullUrl: null }));
        expect(autolinks(drawn)).toEqual([]);
        expect([...drawn.querySelectorAll('a, img, h1, h2, h3, table, script')]).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });
});
