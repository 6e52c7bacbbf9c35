import { expect, it } from 'vitest';
import { INDENT, lineCells } from '../../src/demo/scene.ts';

it.each([
  ['no terminal', undefined, 96],
  ['a terminal that does not know', 0, 96],
  ['a common terminal', 80, 78],
  ['a narrow one, down to what a table needs', 60, 70],
  ['a wide one, up to what can be read', 200, 98],
])('fills the lines of %s', (_, columns, cells) => {
  expect(lineCells(columns)).toBe(cells);
});

it.each([72, 80, 99, 100])('leaves room for the indent at %d columns', (columns) => {
  expect(lineCells(columns) + INDENT.length).toBe(columns);
});
