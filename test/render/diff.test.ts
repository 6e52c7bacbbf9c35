import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../src/render/diff.ts';

/** Applies a unified diff the way `patch` does, strictly: every context and removed line has to be there. */
function patch(before: string, diff: string): string {
  const old = before === '' ? [] : before.split(/(?<=\n)/);
  const out: string[] = [];
  let at = 0;
  const lines = diff.split('\n').slice(0, -1);
  lines.forEach((line, index) => {
    const hunk = /^@@ -(\d+),(\d+) \+/.exec(line);
    if (hunk !== null) {
      const start = Number(hunk[1]) - (hunk[2] === '0' ? 0 : 1);
      out.push(...old.slice(at, start));
      at = start;
    } else if (!line.startsWith('\\') && !line.startsWith('---') && !line.startsWith('+++')) {
      const end = lines[index + 1]?.startsWith('\\') ? '' : '\n';
      if (line[0] === '+') out.push(line.slice(1) + end);
      else {
        if (old[at] !== line.slice(1) + end) throw new Error(`line ${at + 1} is not ${line}`);
        if (line[0] === ' ') out.push(line.slice(1) + end);
        at++;
      }
    }
  });
  return [...out, ...old.slice(at)].join('');
}

const text = fc
  .tuple(fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 25 }), fc.boolean())
  .map(([lines, ends]) => lines.join('\n') + (ends && lines.length > 0 ? '\n' : ''));

describe('a unified diff', () => {
  it('turns the text before into the text after', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(patch(before, unifiedDiff('a.yml', before, after))).toBe(after);
      }),
      { numRuns: 1000 },
    );
  });

  it('shows three lines on each side of a changed line', () => {
    const before = Array.from({ length: 20 }, (_, n) => `line ${n + 1}\n`).join('');
    const after = before.replace('line 10\n', 'line ten\n');
    expect(unifiedDiff('a.yml', before, after)).toBe(
      [
        '--- a/a.yml',
        '+++ b/a.yml',
        '@@ -7,7 +7,7 @@',
        ' line 7',
        ' line 8',
        ' line 9',
        '-line 10',
        '+line ten',
        ' line 11',
        ' line 12',
        ' line 13',
        '',
      ].join('\n'),
    );
  });

  it('is empty when the texts are equal, and has colours only when asked for', () => {
    expect(unifiedDiff('a.yml', 'a\n', 'a\n')).toBe('');
    expect(unifiedDiff('a.yml', 'a\n', 'b\n')).not.toContain('\u001b');
    expect(unifiedDiff('a.yml', 'a\n', 'b\n', true)).toContain('\u001b[32m+b');
  });

  it('shows a carriage return to git, and not to a terminal', () => {
    expect(unifiedDiff('a.yml', 'a\r\n', 'b\r\n')).toContain('-a\r\n+b\r\n');
    expect(unifiedDiff('a.yml', 'a\r\n', 'b\r\n', true)).not.toContain('\r');
  });
});
