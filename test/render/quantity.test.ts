import { expect, it } from 'vitest';
import { count, listed, minutes, percent, seconds } from '../../src/render/quantity.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

it.each([
  [0, '0 min'],
  [0.5, '30 s'],
  [7.4, '7 min'],
  [59.6, '1 h'],
  [125, '2 h 5 min'],
  [366, '6 h 10 min'],
  [1440, '1 d'],
  [1439, '1 d'],
  [4600, '3 d 5 h'],
  [-12, '−12 min'],
])('%d minutes are %s', (value, words) => {
  expect(plain(minutes(value))).toBe(words);
});

it.each([
  [0, '0 %'],
  [0.001, '1 %'],
  [0.5, '50 %'],
  [0.999, '99 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, words) => {
  expect(plain(percent(share))).toBe(words);
});

it('counts and lists', () => {
  expect(plain(count(1, 'run'))).toBe('1 run');
  expect(plain(count(2, 'entry', 'entries'))).toBe('2 entries');
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c'])]).toEqual(['', 'a', 'a, b and c']);
  expect(plain(seconds(90))).toBe('2 min');
});
