import { describe, expect, it } from 'vitest';
import { dayChart } from '../../src/render/day-chart.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { page } from './github.ts';

const FIVE_MOVES_TO_SEVEN = dayChart({
  before: Array.from({ length: 24 }, (_, hour) => (hour === 5 ? 2 : 1)),
  after: Array.from({ length: 24 }, (_, hour) => (hour === 7 ? 2 : 1)),
});

describe('the chart of a day', () => {
  it('has two bars for each hour that differs', () => {
    const [, five, seven, ...rest] = toTerminal(FIVE_MOVES_TO_SEVEN).split('\n');
    expect(five).toBe(`  05  ${'░'.repeat(16)} ${'█'.repeat(8).padEnd(16)} 2.00 → 1.00`);
    expect(seven).toBe(`  07  ${'░'.repeat(8).padEnd(16)} ${'█'.repeat(16)} 1.00 → 2.00`);
    expect(rest).toEqual([]);
  });

  it('is the same text in a comment', () => {
    const shown = page(toMarkdown(FIVE_MOVES_TO_SEVEN)).querySelector('pre')?.textContent;
    expect(shown?.trimEnd()).toBe(toTerminal(FIVE_MOVES_TO_SEVEN).split('\n').slice(1).join('\n'));
  });

  it.each([
    { before: [], after: [] },
    { before: [1, 2], after: [1, 2.001] },
    { before: [Number.NaN], after: [-1] },
  ])('is not there where nothing differs: $before → $after', (load) => {
    expect(dayChart(load)).toEqual([]);
  });
});
