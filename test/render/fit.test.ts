import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { fitted } from '../../src/render/fit.ts';
import { renderTable } from '../../src/render/table.ts';

const GREEN = '\u001b[32mgreen\u001b[39m';
const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

describe('a text for a window', () => {
  it('is as it was where no window is known, or it is wide enough', () => {
    const text = `one two three\n\n${renderTable([{ head: 'a' }, { head: 'b' }], [['1', '2']])}`;
    expect(fitted(text, undefined)).toBe(text);
    expect(fitted(text, 80)).toBe(text);
  });

  it.each([
    ['- aaa bbb ccc', ['- aaa bbb', '  ccc']],
    ['  aaa bbb ccc', ['  aaa bbb', '    ccc']],
    ['  k  aaa bbb', ['  k  aaa', '     bbb']],
    ['aaa bbb cccc', ['aaa bbb', 'cccc']],
    ['aaabbbcccddd eee', ['aaabbbcccddd', 'eee']],
  ])('%j hangs under where it began', (text, lines) => {
    expect(fitted(text, 11)).toBe(lines.join('\n'));
  });

  it('puts the columns that do not fit on a line below, each under its head', () => {
    const table = renderTable(
      [{ head: 'workflow' }, { head: 'runs', align: 'right' }, { head: 'result' }],
      [
        ['nightly.yml', '12', 'stays'],
        ['a.yml', '3', GREEN],
        ['b.yml', '4', ''],
      ],
    );
    expect(fitted(`${table}\n\nend`, 17).split('\n')).toEqual([
      'workflow     runs',
      '  result',
      '─────────────────',
      'nightly.yml    12',
      '  stays',
      'a.yml           3',
      `  ${GREEN}`,
      'b.yml           4',
      '',
      'end',
    ]);
  });

  it('loses no word, and is no wider than the window but for words that are', () => {
    const word = fc.stringMatching(/^[a-zäß→]{1,9}$/);
    const line = fc
      .tuple(fc.constantFrom('', '  ', '- ', '  - ', '    '), fc.array(word, { maxLength: 30 }))
      .map(([lead, words]) => `${lead}${words.join(' ')}`);
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.integer({ min: 20, max: 100 }), (lines, columns) => {
        const text = lines.join('\n');
        const fit = fitted(text, columns);
        expect(wordsOf(fit)).toEqual(wordsOf(text));
        for (const shown of fit.split('\n')) expect(stringWidth(shown)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('keeps every cell of a table, however narrow the window', () => {
    const cell = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 20, max: 80 }),
        (rows, columns) => {
          const heads = ['one', 'two', 'three', 'four'].map((head) => ({ head }));
          const fit = fitted(renderTable(heads, rows), columns);
          expect(wordsOf(fit).filter((word) => !word.startsWith('─'))).toEqual([
            'one',
            'two',
            'three',
            'four',
            ...rows.flat(),
          ]);
          for (const shown of fit.split('\n')) expect(stringWidth(shown)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
