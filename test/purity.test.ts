import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const house = mkdtempSync(join(tmpdir(), 'offbeat-purity-'));
afterEach(() => rmSync(house, { recursive: true, force: true }));

function check(path: string, text: string) {
  const file = join(house, 'src', path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  const run = spawnSync(process.execPath, [join(ROOT, 'scripts', 'purity.ts'), house], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status: run.status, text: run.stdout };
}

describe('the check of the pure folders', () => {
  it.each([
    ['a collection that keeps what was asked before', 'const known = new Map<string, number>();', 'known'],
    ['an exported one', 'export const seen = new Set();', 'seen'],
    ['an empty list', 'const scratch: number[] = [];', 'scratch'],
    ['a variable', 'let count = 0;', 'count'],
    ['the clock', 'export const now = (): number => Date.now();', 'Date.now'],
    ['the present day', 'export const day = () => new Date().getUTCDay();', 'present time'],
    ['chance', 'export function roll() {\n  return Math.random();\n}', 'Math.random'],
    ['the environment', 'export const debug = () => process.env.DEBUG;', 'process'],
    ['a timer', 'export const later = () => setTimeout(() => 1, 5);', 'setTimeout'],
  ])('refuses %s', (_, text, named) => {
    const checked = check('plan/part.ts', `// one\n${text}\n`);
    expect(checked.text).toMatch(/src\/plan\/part\.ts:[23]: /);
    expect(checked.text).toContain(named);
    expect(checked.status).toBe(1);
  });

  it.each([
    [
      'tables that nobody can change',
      'const NAMES: ReadonlySet<string> = new Set(["a"]);\nconst ORDER = ["a"];',
    ],
    [
      'what a function makes for itself',
      'export const f = () => {\n  const seen = new Map();\n  return seen;\n};',
    ],
    ['an instant that was passed in', 'export const day = (at: number) => new Date(at).getUTCDay();'],
  ])('lets %s pass', (_, text) => {
    expect(check('plan/part.ts', `${text}\n`).status).toBe(0);
  });

  it('leaves other folders alone', () => {
    expect(check('serve/part.ts', 'export const started = Date.now();\n').status).toBe(0);
  });
});
