import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonText } from '../../src/database/json-text.ts';

describe('jsonText', () => {
  it.each([
    ['NUL', 'a\0b', 'a\ufffdb'],
    ['half of a pair', 'a\ud83d!', 'a\ufffd!'],
    ['the other half', '\ude00', '\ufffd'],
    ['a whole pair', 'a😀', 'a😀'],
    ['an escape that is none', 'C:\\u0000', 'C:\\u0000'],
  ])('stores %s', (_what, text, stored) => {
    expect(JSON.parse(jsonText({ [text]: [text] }))).toEqual({ [stored]: [stored] });
  });

  it('changes nothing that can be stored, and leaves nothing that cannot', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), (value) => {
        const text = jsonText(value);
        const storable = (part: string) => !part.includes('\0') && part.isWellFormed();
        JSON.parse(text, (key, each: unknown) => {
          if (!storable(key) || (typeof each === 'string' && !storable(each)))
            throw new Error('not storable');
          return each;
        });
        if (!/\\u(0000|d[89a-f])/i.test(JSON.stringify(value))) expect(text).toBe(JSON.stringify(value));
      }),
    );
  });
});
