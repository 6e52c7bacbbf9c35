import { expect, test } from 'vitest';
import { changesSince } from './golden.ts';
import { hashesOf, TextCollector } from './texts.ts';

function textOf(value: unknown): string | undefined {
  const collector = new TextCollector();
  collector.add('text', value);
  return collector.texts.get('text');
}

test('names what has changed, is missing and is new', () => {
  const before = hashesOf(
    new Map([
      [
        'demo',
        new Map([
          ['same', 'a'],
          ['other', 'b'],
          ['gone', 'c'],
        ]),
      ],
    ]),
  );
  const now = new Map([
    [
      'demo',
      new Map([
        ['same', 'a'],
        ['other', 'B'],
        ['fresh', 'd'],
      ]),
    ],
  ]);
  expect(changesSince(before, now)).toEqual([
    'demo: "fresh" is new.',
    'demo: "gone" is missing.',
    'demo: "other" is not what it was.',
  ]);
});

test('tells numbers apart that differ in the last bit', () => {
  expect(textOf({ value: 0.1 + 0.2 })).not.toBe(textOf({ value: 0.3 }));
});

test('takes objects that differ in the order of their keys for the same', () => {
  expect(textOf({ a: 1, b: { c: 2, d: 3 } })).toBe(textOf({ b: { d: 3, c: 2 }, a: 1 }));
});

test.each([
  [
    'Before.\n\nNo choice among the candidates could cost more than 0.12 % less (proven by ruling everything else out).\n\nAfter.',
  ],
  ['Before.\n\nAfter.'],
])('leaves out the sentence on the proof of optimality: %j', (text) => {
  expect(textOf(text)).toBe('Before.\n\nAfter.');
});

test('leaves out the proof of a decision, and no other bound', () => {
  const proof = { cost: 1, bound: 0.9, gap: 0.1, method: 'exact' };
  expect(textOf({ id: 'd1', bound: proof })).toBe(textOf({ id: 'd1' }));
  expect(textOf({ bound: 3 })).not.toBe(textOf({}));
});
