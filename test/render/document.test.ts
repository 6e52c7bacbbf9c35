import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import {
  type Document,
  details,
  heading,
  indented,
  list,
  numeric,
  only,
  preformatted,
  table,
  together,
} from '../../src/render/document.ts';
import {
  code,
  enumeration,
  gateSentence,
  joined,
  LINE_BREAK,
  name,
  painted,
  reason,
  sentence,
  strong,
  variant,
  words,
} from '../../src/render/inline.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { autolinks, page } from './github.ts';
import { hostile } from './hostile.ts';

/** Each kind of block and of inline text once. */
function everything(text: string): Document {
  return [
    words`${strong(name(text))}${LINE_BREAK}${code(text)} ${painted('red', text.length)}`,
    indented([sentence(`We saw ${text}.`), { content: reason(text), items: [name(text)] }], name(text)),
    table(['Name', numeric('Runs')], [[name(text), code(text)]]),
    details('More', preformatted(text, 'text')),
    together(name(text), enumeration([name(text), code(text)])),
    heading('Part'),
    joined([name(text)], ', '),
    only('markdown', name(text)),
    only('terminal', variant({ markdown: '', terminal: code(text) })),
  ];
}

describe('a document as Markdown', () => {
  it('shows every kind of block', () => {
    expect(toMarkdown(everything('a.yml'))).toBe(`**a.yml**<br>\`a.yml\` 5

a.yml
- We saw a.yml.
- a.yml
  - a.yml

| Name | Runs |
| :--- | ---: |
| a.yml | \`a.yml\` |

<details>
<summary>More</summary>

\`\`\`text
a.yml
\`\`\`

</details>

a.yml

a.yml and \`a.yml\`

### Part

a.yml

a.yml`);
  });

  it('has no element and no link of somebody else, whatever a name holds', () => {
    const harmless = new Set(
      [...page(toMarkdown(everything('x'))).querySelectorAll('*')].map((e) => e.tagName),
    );
    fc.assert(
      fc.property(hostile, (text) => {
        const body = page(toMarkdown(everything(text)));
        expect([...body.querySelectorAll('*')].filter(({ tagName }) => !harmless.has(tagName))).toEqual([]);
        expect(autolinks(body)).toEqual([]);
      }),
      { numRuns: 100 },
    );
  });

  it('links pull requests of the App, and no other number', () => {
    const markdown = (text: string, pulls: readonly number[]) =>
      toMarkdown([gateSentence({ detail: text, pulls })]);
    expect(markdown('Pull request #12 is still open.', [12])).toBe('Pull request #12 is still open.');
    expect(markdown('Pull request #1 is still open.', [12])).not.toContain('#1');
    expect(markdown('`a #9.yml` was moved by #12.', [12])).toBe('`a #9.yml` was moved by #12.');
    expect(markdown('Pull request #123 is open.', [12])).not.toContain('#123');
  });
});

describe('a document in a terminal', () => {
  it('shows every kind of block', () => {
    expect(toTerminal(everything('a.yml'))).toBe(`a.yml a.yml 5

a.yml
  We saw a.yml.
  a.yml
    a.yml

Name    Runs
─────  ─────
a.yml  a.yml

More
a.yml

a.yml
a.yml and a.yml

Part

a.yml

a.yml`);
  });

  it('has colours only when asked for', () => {
    const red = [painted('red', 'late')];
    expect(toTerminal(red)).toBe('late');
    expect(toTerminal(red, { color: true })).toBe('\u001b[31mlate\u001b[39m');
  });

  it('has no control character of somebody else, whatever a name holds', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = toTerminal([
          words`${name(text)}${code(text)}${reason(text)}${sentence(text)}`,
          list([name(text)]),
          table([{ head: 'Name', max: 10 }], [[name(text)]]),
        ]);
        expect(shown.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('breaks no line between a figure and its unit, and has ordinary spaces', () => {
    expect(toTerminal(['it takes 40\u00a0min'], { columns: 12 })).toBe('it takes\n40 min');
  });

  it('shows no fold without content', () => {
    expect(toTerminal([details('More', list([]))])).toBe('');
    expect(toMarkdown([details('More', list([]))])).toBe('');
  });

  it('cuts a cell that is longer than its column allows', () => {
    expect(toTerminal([table([{ head: 'Name', max: 5 }], [[name('abcdefgh')]])])).toBe('Name\n─────\nabcd…');
  });

  it('starts every column at the same cell, however wide the characters are', () => {
    const cell = fc.stringMatching(/^[a-z日]{1,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
        const lines = toTerminal([table(['a', 'b'], rows)])
          .split('\n')
          .slice(2);
        const starts = rows.map(([, last], at) => stringWidth((lines[at] ?? '').slice(0, -last.length)));
        expect(new Set(starts).size).toBe(1);
      }),
    );
  });
});

const wordsOf = (text: string): readonly string[] => text.split(/\s+/).filter((word) => word !== '');

describe('a window that is too narrow', () => {
  it.each([
    ['a list', list(['aaa bbb ccc']), ['  - aaa bbb', '    ccc']],
    ['an indented list', indented(['aaa bbb ccc']), ['  aaa bbb', '    ccc']],
    ['figures', indented(['k  aaa bbb']), ['  k  aaa', '     bbb']],
    ['a paragraph', 'aaa bbb cccc', ['aaa bbb', 'cccc']],
    ['a word longer than the window', 'aaabbbcccddd eee', ['aaabbbcccddd', 'eee']],
  ])('wraps %s under where it began', (_, block, lines) => {
    expect(toTerminal([block], { columns: 11 })).toBe(lines.join('\n'));
  });

  it('puts the columns that do not fit on a line below, each under its head', () => {
    const document = [
      table(
        ['workflow', numeric('runs'), 'result'],
        [
          ['nightly.yml', 12, 'stays'],
          ['a.yml', 3, painted('green', 'green')],
          ['b.yml', 4, ''],
        ],
      ),
      'end',
    ];
    expect(toTerminal(document, { columns: 17, color: true }).split('\n')).toEqual([
      'workflow     runs',
      '  result',
      '─────────────────',
      'nightly.yml    12',
      '  stays',
      'a.yml           3',
      '  \u001b[32mgreen\u001b[39m',
      'b.yml           4',
      '',
      'end',
    ]);
  });

  it('loses no word, and no line is wider than the window', () => {
    const text = fc
      .array(fc.stringMatching(/^[a-zß→]{1,9}$/), { maxLength: 30 })
      .map((parts) => parts.join(' '));
    fc.assert(
      fc.property(text, text, fc.integer({ min: 20, max: 100 }), (one, two, columns) => {
        const document = [one, list([{ content: two, items: [one] }])];
        const narrow = toTerminal(document, { columns });
        expect(wordsOf(narrow)).toEqual(wordsOf(toTerminal(document)));
        for (const line of narrow.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
      }),
    );
  });

  it('keeps every cell of a table', () => {
    const cell = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(cell, cell, cell, cell), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 20, max: 80 }),
        (rows, columns) => {
          const narrow = toTerminal([table(['one', 'two', 'three', 'four'], rows)], { columns });
          expect(wordsOf(narrow).filter((word) => !word.startsWith('─'))).toEqual([
            'one',
            'two',
            'three',
            'four',
            ...rows.flat(),
          ]);
          for (const line of narrow.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });
});
