import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseCommands } from '../../src/slash/parse.ts';

const names = (body: string) => parseCommands(body).map(({ name }) => name);

describe('a command', () => {
  it.each([
    ['/report', 'report', []],
    ['/report   ', 'report', []],
    ['/optimize weekly', 'optimize', ['weekly']],
    ['/optimize\tweekly  night', 'optimize', ['weekly', 'night']],
    ['/explain "night build" x', 'explain', ['night build', 'x']],
    ['/optimize ""', 'optimize', ['']],
    ['/report\r', 'report', []],
  ])('%j is %s with %j', (line, name, words) => {
    expect(parseCommands(line)).toEqual([{ name, words, addressed: false }]);
  });

  it.each([
    ['/offbeat report', 'report', []],
    ['/offbeat optimize weekly', 'optimize', ['weekly']],
    ['/offbeat', 'help', []],
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
    ['capitals', '/Report'],
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
  ])('%s', (_, body) => {
    expect(parseCommands(body)).toEqual([]);
  });

  it.each([
    ['a closed fence', '```\n/report\n```\n/evolve'],
    ['a longer closing fence', '```\n/report\n`````\n/evolve'],
    ['code within a line that begins like a fence', '```npm test```\n/evolve'],
    ['four spaces before what is no fence', '    ```\n/evolve'],
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

  it('never fails, and names only what stands at the start of a line', () => {
    const piece = fc.constantFrom('/report', '/offbeat', '```', '~~~', '\n', '\r\n', '> ', ' ', '"', 'x');
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string())), (pieces) => {
        const body = pieces.join('');
        const lines = body.split(/\r?\n/);
        for (const { name, addressed } of parseCommands(body)) {
          const start = addressed ? '/offbeat' : `/${name}`;
          expect(lines.some((line) => line.startsWith(start))).toBe(true);
        }
      }),
    );
  });
});
