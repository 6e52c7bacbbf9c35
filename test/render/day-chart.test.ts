import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dayChart } from '../../src/render/day-chart.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { page } from './github.ts';
import { parseDiagram } from './mermaid.ts';

function diagram(markdown: string): string {
  return page(markdown).querySelector('code.language-mermaid')?.textContent ?? '';
}

describe('the chart of a day', () => {
  it('is a diagram that Mermaid draws, whatever the figures', async () => {
    const figures = fc.array(
      fc.oneof(fc.double({ min: 0, max: 1e6 }), fc.constantFrom(0, Number.NaN, -1, 1e-9)),
      {
        minLength: 1,
        maxLength: 24,
      },
    );
    await fc.assert(
      fc.asyncProperty(figures, figures, async (before, after) => {
        expect(await parseDiagram(diagram(toMarkdown(dayChart({ before, after }))))).toBe('xychart');
      }),
      { numRuns: 30 },
    );
  });

  it('says the same in a table', () => {
    const day = toMarkdown(dayChart({ before: Array(24).fill(1), after: Array(24).fill(0.5) }));
    expect(page(day).querySelectorAll('details tbody tr').length).toBe(24);
    expect(page(day).querySelector('details td:last-child')?.textContent).toBe('0.50');
  });

  it('is a table alone in a terminal', () => {
    const told = toTerminal(dayChart({ before: Array(24).fill(1), after: Array(24).fill(0.5) }), {
      color: false,
      columns: 80,
    });
    expect(told).not.toContain('xychart');
    expect(told).toMatch(/^23 +1\.00 +0\.50$/m);
  });

  const hours = (peaks: Readonly<Record<number, number>>) =>
    Array.from({ length: 24 }, (_, hour) => peaks[hour] ?? 0.1);

  it.each([
    ['higher', { 1: 0.64 }, { 1: 0.91 }, '0.91 jobs in progress at 01:00 UTC instead of 0.64 today.'],
    [
      'higher elsewhere',
      { 3: 0.64 },
      { 1: 0.91 },
      '0.91 jobs in progress at 01:00 UTC instead of 0.64 at 03:00 today.',
    ],
  ])('says that the peak gets %s, in both forms', (_, before, after, said) => {
    const chart = dayChart({ before: hours(before), after: hours(after) });
    const sentence = `The busiest hour gets busier: ${said}`;
    expect(toTerminal(chart)).toContain(sentence);
    const markdown = page(toMarkdown(chart));
    for (const folded of markdown.querySelectorAll('details')) folded.remove();
    expect(markdown.textContent).toContain(sentence);
  });

  it.each([
    ['lower', { 1: 0.91 }, { 1: 0.64 }],
    ['elsewhere', { 1: 0.91 }, { 3: 0.91 }],
    ['higher by less than is shown', { 1: 0.911 }, { 1: 0.914 }],
  ])('says nothing of a peak that gets %s', (_, before, after) => {
    expect(toTerminal(dayChart({ before: hours(before), after: hours(after) }))).not.toContain('busier');
  });

  it('is not there without figures', () => {
    expect(dayChart({ before: [], after: [] })).toEqual([]);
  });
});

it('the parser does refuse what is no diagram', async () => {
  await expect(parseDiagram('xychart-beta\n bar [one]')).rejects.toThrow();
});
