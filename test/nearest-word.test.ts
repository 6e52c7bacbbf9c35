import { describe, expect, it } from 'vitest';
import { nearestWord } from '../src/nearest-word.ts';

describe('nearestWord', () => {
  it.each([
    ['evovle', ['report', 'evolve'], 'evolve'],
    ['pni', ['ping', 'pin'], 'pin'],
    ['WINDOW', ['window'], 'window'],
    ['reprot', ['report', 'resume'], 'report'],
  ])('finds the word that was meant when %j is typed', (typed, known, meant) => {
    expect(nearestWord(typed, known)).toBe(meant);
  });

  it.each([
    ['more than half of the letters differ', 'xyz', ['pin', 'pause']],
    ['no word is known', 'pin', []],
    ['the word is longer than any key', 'p'.repeat(65), ['p'.repeat(64)]],
  ])('finds none when %s', (_, typed, known) => {
    expect(nearestWord(typed, known)).toBeUndefined();
  });

  it('counts two swapped neighbours as one change', () => {
    expect(nearestWord('pni', ['pun', 'pin'])).toBe('pin');
    expect(nearestWord('ab', ['ba'])).toBe('ba');
  });
});
