import fc from 'fast-check';
import stringWidth from 'string-width';
import { expect, it } from 'vitest';
import { renderTable } from '../../src/render/table.ts';

it('aligns left and right', () => {
  expect(
    renderTable(
      [{ head: 'name' }, { head: 'n', align: 'right' }],
      [
        ['日本', '7'],
        ['a', '12'],
      ],
    ),
  ).toBe(['name   n', '────  ──', '日本   7', 'a     12'].join('\n'));
});

it('starts every column at the same place in every row', () => {
  const cell = fc.stringMatching(/^[a-z日]{1,8}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const lines = renderTable([{ head: 'a' }, { head: 'b' }], rows)
        .split('\n')
        .slice(2);
      const starts = rows.map(([, last], at) => stringWidth((lines[at] ?? '').slice(0, -last.length)));
      expect(new Set(starts).size).toBe(1);
    }),
  );
});
