import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { PLAIN, renderMarkdown } from '../../src/demo/terminal-markdown.ts';

const shown = (markdown: string, width = 60) => renderMarkdown(markdown, width, PLAIN);

describe('renderMarkdown', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['bold, code, links and escapes', '**a** `b` [c](https://example.org) \\* &lt;', ['a b c * <']],
    ['a comment is not shown', 'before\n\n<!-- offbeat:state {} -->\n\nafter', ['before', '', 'after']],
    ['a heading stands free', 'a\n## b\nc', ['a', '', 'b', '', 'c']],
    ['lines of a paragraph flow together', 'a\nb', ['a b']],
    ['items hang', '- one\n  - two', ['• one', '  • two']],
    ['a quote is marked', '> said', ['│ said']],
    [
      'details are folded, whatever lies inside',
      '<details><summary>More</summary>\n\n<details>\n</details>\n\n</details>\nend',
      ['▸ More', 'end'],
    ],
    ['a chart is named', '```mermaid\ngantt\n```', ['  (a chart, which GitHub draws here)']],
    ['code stands as it is', '```\na   b\n```', ['  a   b']],
    [
      'a table is aligned, breaks and pipes in its cells kept',
      '| A | B |\n|---|---:|\n| one<br>two | `x \\| y` |',
      ['A    B', '───  ─────', 'one  x | y', 'two'],
    ],
  ];
  it.each(cases)('%s', (_, markdown, lines) => {
    expect(shown(markdown)).toEqual(lines);
  });

  it('keeps within the width, and a cron in one piece', () => {
    const words = 'some words that go on '.repeat(4);
    const markdown = `${words}\n\n| Workflow | Today | Why |\n|---|---|---|\n| a.yml | \`17 3 * * *\` | ${words} |`;
    const lines = shown(markdown);
    for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(60);
    expect(lines.some((line) => line.includes('17 3 * * *'))).toBe(true);
  });

  it('never lets a long word push its neighbours out of line', () => {
    const long = 'a-very-long-file-name.yml';
    const lines = shown(`| File | Words |\n|---|---|\n| ${long} | ${'many words '.repeat(8)} |`, 50);
    const column = lines[0]?.indexOf('Words') ?? -1;
    expect(column).toBe(long.length + 2);
    for (const line of lines.slice(2)) expect(line.slice(column - 2, column).trim()).toBe('');
  });

  const report =
    '| Workflow | Runs at | Late | Takes | Succeeds | Runs | Result |\n|---|---|---|---|---|---|---|\n' +
    '| Dependency report<br>`dependency-report.yml` | `*/15 * * * *` every 15 minutes | 2\u00a0h\u00a014\u00a0min / ' +
    '5\u00a0h\u00a019\u00a0min | 14\u00a0min | 87\u00a0% | 1,336 | better time: `55 0 * * 0` about 00:55 |';

  it.each([
    [78, ['dependency-', 'report.yml', '*/15 * * * *', '2 h 14 min', '55 0 * * 0']],
    [70, ['dependency-', 'report.yml', '2 h 14']],
  ])('breaks names, then figures, before a table is wider than %d cells', (width, pieces) => {
    const palette = { ...PLAIN, code: (text: string) => `\u001b[36m${text}\u001b[39m` };
    for (const lines of [shown(report, width), renderMarkdown(report, width, palette)]) {
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
      for (const piece of pieces) expect(lines.join('\n')).toContain(piece);
    }
    for (const line of renderMarkdown(report, width, palette))
      expect(line.split('\u001b[36m').length).toBe(line.split('\u001b[39m').length);
  });

  it('colours each word by itself, so that a broken line does not bleed into its neighbour', () => {
    const palette = { ...PLAIN, bold: (text: string) => `<${text}>` };
    expect(renderMarkdown('**one two**', 60, palette)).toEqual(['<one> <two>']);
  });
});
