import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const DOCS = join(import.meta.dirname, '../../docs');
const TEST_OF_A_THREAT = /\[[\w-]+\]\((\.\.\/test\/[^)]+)\) "([^"]+)" \|$/;

/** Rows of the tables of threats: those of three columns. */
const rows = readFileSync(join(DOCS, 'security.md'), 'utf8')
  .split('\n')
  .filter((line) => /^\|[^|]+\|[^|]+\|[^|]+\|$/.test(line) && !/^\| (?:threat|:---) \|/.test(line));

describe('docs/security.md', () => {
  it('lists more than 20 threats', () => {
    expect(rows.length).toBeGreaterThan(20);
  });

  it.each(rows)('%s', (row) => {
    const [, path = '', title = ''] = TEST_OF_A_THREAT.exec(row) ?? [];
    const file = join(DOCS, path);
    expect(path !== '' && existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).toContain(title);
  });
});
