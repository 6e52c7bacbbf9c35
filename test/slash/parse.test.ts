import fc from 'fast-check';
import { JSDOM } from 'jsdom';
import { micromark } from 'micromark';
import { describe, expect, it } from 'vitest';
import { parseCommands } from '../../src/slash/parse.ts';
import { sampledRuns } from '../sampled.ts';

const names = (body: string) => parseCommands(body).map(({ name }) => name);

describe('a command', () => {
  it.each([
    ['/report', 'report', []],
    ['/report   ', 'report', []],
    ['/optimize weekly', 'optimize', ['weekly']],
    ['/optimize\tweekly  night', 'optimize', ['weekly', 'night']],
    ['/optimize weekly <!-- night -->', 'optimize', ['weekly']],
    ['/optimize <!-- a --> weekly <!-- b -->', 'optimize', ['weekly']],
    ['/optimize weekly <!-- night\nmorning -->', 'optimize', ['weekly']],
    ['/optimize <!-- weekly -->', 'optimize', []],
    ['/explain "night build" x', 'explain', ['night build', 'x']],
    ['/optimize ""', 'optimize', ['']],
    ['/report\r', 'report', []],
    ['/Help', 'help', []],
    ['/REPORT', 'report', []],
    ['/help.', 'help', []],
    ['/report!', 'report', []],
    ['/report\u2026', 'report', []],
    ['/optimize: weekly', 'optimize', ['weekly']],
    ['/optimize\u00A0weekly', 'optimize', ['weekly']],
    ['/optimize\u202Fweekly\u3000night', 'optimize', ['weekly', 'night']],
    ['/optimize weekly\u00A0', 'optimize', ['weekly']],
    ['/ad\u200Bapt bold', 'adapt', ['bold']],
    ['\uFEFF/report', 'report', []],
    ['\u200B/report', 'report', []],
    ['/snooze 3\u200B0d\u2060', 'snooze', ['30d']],
    ['/snooze \u200E30d\u200E', 'snooze', ['30d']],
    ['/snooze 30 days', 'snooze', ['30d']],
    ['/snooze 3\u200B0\u00A0days', 'snooze', ['30d']],
    ['/snooze 2 Weeks', 'snooze', ['14d']],
    ['/snooze 12hours', 'snooze', ['12h']],
    ['/snooze 45 min', 'snooze', ['45m']],
    ['/explain 30 days of runs', 'explain', ['30', 'days', 'of', 'runs']],
    ['/optimize a \u2014strategy bold', 'optimize', ['a', '--strategy', 'bold']],
    ['/explain a \u2014 b', 'explain', ['a', '\u2014', 'b']],
    ['/predict a --min-confidence 0.\u200B6', 'predict', ['a', '--min-confidence', '0.6']],
  ])('%j is %s with %j', (line, name, words) => {
    expect(parseCommands(line)).toEqual([{ name, words, addressed: false }]);
  });

  it.each([
    ['/offbeat report', 'report', []],
    ['/offbeat optimize weekly', 'optimize', ['weekly']],
    ['/offbeat', 'help', []],
    ['/Offbeat Report', 'report', []],
    ['/offbeat\u00A0report.', 'report', []],
    ['/offbeat.', 'help', []],
    ['/offbeat /report', 'report', []],
    ['/offbeat snooze 30 days', 'snooze', ['30d']],
    ['/offbeat pause!', 'pause', []],
  ])('%j is meant for us alone: %s %j', (line, name, words) => {
    expect(parseCommands(line)).toEqual([{ name, words, addressed: true }]);
  });

  it('may stand among other lines, and beside others', () => {
    expect(names('Thank you!\n\n/report\nand\r\n/evolve\r\n')).toEqual(['report', 'evolve']);
  });
});

describe('what is none', () => {
  it.each([
    ['within a line', 'please /report'],
    ['after a space', ' /report'],
    ['indented code', '    /report'],
    ['after a tab', '\t/report'],
    ['a quote', '> /report'],
    ['a quoted quote', '>> /report'],
    ['a list', '- /report'],
    ['a path', '/usr/bin/env'],
    ['a word with a digit', '/report2'],
    ['a slash alone', '/'],
    ['a space after the slash', '/ report'],
    ['two slashes', '//report'],
    ['a word that never ends', `/${'a'.repeat(40)}`],
    ['inline code', '`/report`'],
    ['a fence', '```\n/report\n```'],
    ['a fence with a language', '```sh\n/report\n```'],
    ['a fence of tildes', '~~~\n/report\n~~~'],
    ['an indented fence', '   ```\n/report\n   ```'],
    ['a fence that nobody closes', '```\n/report\n\n/evolve'],
    ['a fence that holds a shorter one', '````\n```\n/report\n```\n````'],
    ['a fence that holds one of another kind', '```\n~~~\n/report\n~~~\n```'],
    ['a fence that holds a line like its opening', '```\n```sh\n/report\n```'],
    ['a comment in HTML', '<!--\n/report\n-->'],
    ['a comment in HTML with blank lines', '<!--\n\n/report\n\n-->'],
    ['a comment in HTML that nobody closes', 'Hello\n\n<!--\n/report'],
    ['a comment within a paragraph', 'Hello <!-- x\n/report\n--> there'],
    ['a block of HTML', '<pre>\n/report\n</pre>'],
    ['a block of HTML with blank lines', '<pre>\n\n/report\n</pre>'],
    ['a division', '<div>\n/report\n</div>'],
    ['the summary of details', '<details>\n/report\n</details>'],
    ['a tag over two lines', 'x <a title="\n/report\n"> y'],
    ['a tag alone', '<b>\n/report\n</b>'],
    ['an instruction', '<?\n/report\n?>'],
    ['code over two lines', 'Do `this\n/report\nand` that'],
    ['what goes on with a quote', '> They said\n/report'],
    ['what goes on with a quoted quote', '> > They said\nto me\n/report'],
    ['what goes on with a list', '- first\n/report'],
    ['within a list', '- first\n\n  /report'],
    ['a fence within a quote', '> ```\n> /report\n> ```'],
    ['a heading', '# x\n/report\n==='],
    ['a row of a table', '| a |\n| - |\n/report'],
    ['a footnote', '[^1]: See\n/report'],
    ['an alert', '> [!NOTE]\n/report'],
    ['the title of a definition', '[a]: b "c\n/report\nd"'],
    ['code that is indented', 'x\n\n    y\n    /report'],
    ['a comment that HTML leaves open', '<div><!--\n\n/report\n\n--></div>'],
    ['a comment that a block of code hides', '<pre>\n<!-- </pre>\n/report'],
    ['an attribute that is left open', '<div title="\n\n/report\n\n">'],
    ['an element that is left open', '<div><style>\n\n/report\n\n</style></div>'],
    ['an element that a paragraph leaves open', 'x <template>\n\n/report'],
    ['a quote in HTML', '<blockquote>\n\n/report\n\n</blockquote>'],
    ['a cell of a table in HTML', '<table><tr><td>\n\n/report\n\n</td></tr></table>'],
    ['code in HTML', 'Do <code>this\n/report\n</code>'],
    ['struck out in HTML', '<del>\n\n/report\n\n</del>'],
    ['struck out', '~~Please\n/report\nnow~~'],
    ['struck out with one sign', '~Please\n/report~'],
    ['a formula', '$$\n/report\n$$'],
    ['a formula behind text', 'So that $$x\n/report\n$$ holds'],
    ['a formula with blank lines', '$$\n\n/report\n\n$$'],
    ['a formula within a line', 'With $x\n/report\ny$ and'],
    ['a formula in code', 'With $`x\n/report\ny`$ and'],
    ['a fence of a formula', '```math\n/report\n```'],
    ['a fence of a diagram', '```mermaid\n/report\n```'],
    ['an alert that goes on', '> [!WARNING]\n> Do not\n/report'],
    ['a footnote that goes on', 'x[^1]\n\n[^1]: See\n\n    /report'],
    ['the text of a link', '[Please\n/report\nnow](https://example.com)'],
    ['the text of a link that ends on the line', '[Please\n/report](https://example.com)'],
    ['the text of a link whose address stands elsewhere', '[a\n/report\nb][c]\n\n[c]: https://example.com'],
    ['the text of a link that is its name', '[a\n/report]\n\n[a /report]: https://example.com'],
    ['the title of a link', '[a](https://example.com "b\n/report\nc")'],
    ['the description of a picture', '![a\n/report\nb](https://example.com/c.png)'],
    ['a picture within a link', '[![a\n/report\nb](c.png)](https://example.com)'],
  ])('%s', (_, body) => {
    expect(parseCommands(body)).toEqual([]);
  });

  it.each([
    ['a closed fence', '```\n/report\n```\n/evolve'],
    ['a longer closing fence', '```\n/report\n`````\n/evolve'],
    ['code within a line that begins like a fence', '```npm test```\n/evolve'],
    ['four spaces before what is no fence', '    ```\n/evolve'],
    ['a closed comment', '<!--\n/report\n-->\n/evolve'],
    ['a quote and a blank line', '> /report\n\n/evolve'],
    ['a list and a blank line', '- /report\n\n/evolve'],
    ['a block of HTML and a blank line', '<div>\n/report\n</div>\n\n/evolve'],
    ['a table and a blank line', '| a |\n| - |\n/report\n\n/evolve'],
    ['a tag that is closed on its line', 'x <b>y</b>\n/evolve'],
    ['a backtick alone', 'It`s\n/evolve'],
    ['emphasis over two lines', '*Please\n/evolve\nnow*'],
    ['a rule', '---\n/evolve'],
    ['the old line end', 'x\r/evolve'],
    ['code in a list', '1. x\n\n   ```\n/evolve'],
    ['a picture in HTML', '<img alt="a > b">\n\n/evolve'],
    ['a formula', '$$\nx\n$$\n/evolve'],
    ['a price', 'It costs $5\n/evolve\nor $6'],
    ['a formula that nobody closes', '$$\n/evolve'],
    ['a variable of a shell', 'With $HOME and $PATH\n/evolve\nand $USER'],
    ['a tilde', 'About ~5 of\n/evolve\nand ~6'],
    ['a link', '[a](b)\n/evolve\n[c](d)'],
    ['a box', '[x] done\n/evolve\n[ ] open'],
    ['a bracket that is no link', 'See [this\n/evolve\nand that]'],
    ['signs that are escaped', '\\$\\$\n/evolve\n\\$\\$ \\[x\n'],
    ['signs in code', '`$$`\n/evolve\n`$$`'],
    ['details', '<details>\n<summary>x</summary>\n\n/evolve\n\n</details>'],
  ])('%s ends there', (_, body) => {
    expect(names(body)).toEqual(['evolve']);
  });
});

describe('bounds', () => {
  it('takes five commands and no more', () => {
    expect(parseCommands('/report\n'.repeat(20))).toHaveLength(5);
  });

  it('reads no further than five hundred lines', () => {
    expect(names(`${'\n'.repeat(499)}/report`)).toEqual(['report']);
    expect(names(`${'\n'.repeat(500)}/report`)).toEqual([]);
  });

  it('reads no further than 16,384 characters', () => {
    expect(names(`${'x'.repeat(16_000)}\n/report`)).toEqual(['report']);
    expect(names(`${'x'.repeat(17_000)}\n/report`)).toEqual([]);
  });

  it('never fails, and names only what stands at the start of a line', () => {
    const piece = fc.constantFrom(
      ...[
        '/report',
        '/offbeat',
        '```',
        '~~~',
        '\n',
        '\r\n',
        '> ',
        ' ',
        '"',
        'x',
        '<!--',
        '-->',
        '`',
        '<b',
        '- ',
        '|',
      ],
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const body = pieces.join('');
        const lines = body.split(/\r\n|\n|\r/).map((line) => line.toLowerCase());
        for (const { name, addressed } of parseCommands(body)) {
          const start = addressed ? '/offbeat' : `/${name}`;
          expect(lines.some((line) => line.startsWith(start))).toBe(true);
        }
      }),
    );
  });

  const BLOCKS = [
    '/report\n',
    '/report\n',
    '\n',
    '```\n',
    '> ',
    '- ',
    '`',
    '<b>\n',
    '</b>\n',
    'x\n',
    '    y\n',
    '# ',
    '===\n',
  ];
  const HIDING = ['<!-- ', '-->', '<pre>\n', '</pre>\n', '<div>\n\n', '<a b="'];

  it('takes what GitHub shows as a line of a paragraph, and nothing else', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...BLOCKS), { maxLength: 12 }), (pieces) => {
        const body = pieces.join('');
        expect(names(body)).toEqual(shownIn(body).slice(0, 5));
      }),
      sampledRuns(800, 100),
    );
  });

  it('takes nothing that any HTML hides', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...BLOCKS, ...HIDING), { maxLength: 12 }), (pieces) => {
        const body = pieces.join('');
        expect(names(body).length).toBeLessThanOrEqual(shownIn(body).length);
      }),
      sampledRuns(800, 100),
    );
  });
});

/** The commands at the start of lines of a page's paragraphs that are within nothing else. */
function shownIn(markdown: string): readonly string[] {
  const html = micromark(markdown, { allowDangerousHtml: true });
  // What follows a comment on its line does not begin the line.
  const page = html.replaceAll(/<!--[\s\S]*?(?:-->|$)/g, 'a comment');
  const { document } = new JSDOM(page).window;
  const lines = [...document.querySelectorAll('p')].flatMap((paragraph) => {
    const isWithin = document.querySelectorAll(':is(blockquote, li, pre) p');
    if ([...isWithin].includes(paragraph)) return [];
    const plain = paragraph.innerHTML.replaceAll(/<code>[^<]*<\/code>/g, 'code').replaceAll(/<\/?b>/g, '');
    return plain.split('\n');
  });
  return lines.filter((line) => line === '/report').map((line) => line.slice(1));
}
