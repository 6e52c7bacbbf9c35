import fc from 'fast-check';
import type { PageElement } from 'jsdom';
import { describe, expect, it } from 'vitest';
import { code, fenced, inline, markdownTable, plainLine, sentence } from '../../src/render/markdown.ts';
import { autolinks, page } from './github.ts';
import { hostile } from './hostile.ts';

/** Everything a reader can see, without what only keeps GitHub from linking. */
function seen(body: PageElement): string {
  return (body.textContent ?? '').replaceAll('\u200b', '').replace(/\s+/g, ' ').trim();
}

describe('hostile text', () => {
  it.each([
    ['in running text', (text: string) => `Before ${inline(text)} after.`, 'p'],
    ['as a list item', (text: string) => `- ${inline(text)}`, 'ul, li, p'],
    ['as a paragraph of its own', (text: string) => inline(text), 'p'],
    ['in a sentence of ours', (text: string) => sentence(`The file ${text} was read.`), 'p, code'],
  ] as const)('%s renders no element of its own and links nobody', (_, markdown, allowed) => {
    fc.assert(
      fc.property(hostile, (text) => {
        const body = page(markdown(text));
        expect([...body.querySelectorAll(`:not(${allowed})`)].map(({ outerHTML }) => outerHTML)).toEqual([]);
        expect(autolinks(body)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('is shown as it is, but for what is invisible', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(seen(page(`x ${inline(text)} y`))).toBe(`x ${plainLine(text)} y`.replace(/\s+/g, ' '));
      }),
      { numRuns: 500 },
    );
  });

  it('stays within its cell', () => {
    fc.assert(
      fc.property(hostile, hostile, (a, b) => {
        const body = page(markdownTable(['one', 'two'], [[inline(a), code(b)]]));
        expect(body.querySelectorAll('td').length).toBe(2);
        expect(body.querySelectorAll('tr').length).toBe(2);
        expect([...body.querySelectorAll(':not(table, thead, tbody, tr, th, td, code)')]).toEqual([]);
        expect(autolinks(body)).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it('cannot leave a fence', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(page(`${fenced(text, 'text')}\n\nafter`).children.length).toBe(2);
      }),
    );
  });

  it('is one line of at most 120 code points without invisible characters', () => {
    fc.assert(
      fc.property(fc.oneof(hostile, fc.string({ unit: 'binary', maxLength: 400 })), (text) => {
        const line = plainLine(text);
        expect([...line].length).toBeLessThanOrEqual(120);
        expect(line).not.toMatch(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069\u200b]/u);
        expect(line.isWellFormed()).toBe(true);
      }),
    );
  });
});

/** The pieces of which a mention, a reference or an address is made, and what may stand unseen between two of them. */
const PIECES = [
  '#',
  '0',
  'GH-',
  '@',
  'a',
  ':',
  '/',
  'http',
  'www',
  '.',
  'mailto',
  '`',
  '|',
  '\\',
  ' ',
  '\u200b',
];

it('completes no reference across what was to be code', () => {
  const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 9 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(pieces, (text) => {
      expect(autolinks(page(`x ${sentence(text)} y`))).toEqual([]);
      expect(autolinks(page(`x ${inline(text)} y`))).toEqual([]);
    }),
    {
      numRuns: 2_000,
      examples: [['#`0|`'], ['#` `0'], ['`#|`0'], ['GH-`7\\`'], ['@`a|`'], ['http:`//|`'], ['mailto`#`:']],
    },
  );
});

it.each([
  ['nightly-build.yml', 'nightly-build.yml'],
  ['Build & test (Linux)', 'Build &amp; test \\(Linux\\)'],
  ['@octocat', '@&#8203;octocat'],
  ['fix #12', 'fix \\#&#8203;12'],
  ['76.8 %', '76.8 %'],
  ['1. first', '1&#8203;. first'],
  ['2) second', '2&#8203;\\) second'],
])('%s is written as %s', (text, markdown) => {
  expect(inline(text)).toBe(markdown);
});

it('keeps the code spans of a sentence', () => {
  expect(sentence('The mode is `observe`: nothing is touched.')).toBe(
    'The mode is `observe`: nothing is touched.',
  );
});
