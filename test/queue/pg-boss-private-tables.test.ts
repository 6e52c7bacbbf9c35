import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { BOSS_SCHEMA } from '../../src/queue/pg-boss/boss.ts';

const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));
/** The only place that names the schema: it tells pg-boss where to make its tables. */
const NAMES_SCHEMA = join('queue', 'pg-boss', 'boss.ts');

/** A table of a schema in SQL, or the schema's name put into a statement. */
const PRIVATE_TABLES = new RegExp(
  [`\\b(?:pgboss\\w*|${BOSS_SCHEMA})"?\\.`, `\\$\\{[^}]*BOSS_SCHEMA`, `['"\`]${BOSS_SCHEMA}['"\`]`].join('|'),
);

/** Lines (1-based) of a text that name tables of pg-boss. */
function linesWithPrivateTables(text: string): readonly number[] {
  return text.split('\n').flatMap((line, index) => (PRIVATE_TABLES.test(line) ? [index + 1] : []));
}

describe('statements of ours', () => {
  it('name no table of pg-boss', async () => {
    const files = (await readdir(SOURCE, { recursive: true })).filter((name) => name.endsWith('.ts'));
    expect(files).toContain(NAMES_SCHEMA);
    const offences: string[] = [];
    for (const file of files) {
      const text = await readFile(join(SOURCE, file), 'utf8');
      for (const line of linesWithPrivateTables(text)) {
        const isDeclaration =
          file === NAMES_SCHEMA && text.split('\n')[line - 1]?.startsWith('export const ') === true;
        if (!isDeclaration) offences.push(`${file}:${line}`);
      }
    }
    expect(offences).toEqual([]);
  });

  it.each([
    'sql`select count(*) from offbeat_queue.job`',
    'sql`select 1 from "offbeat_queue"."job"`',
    'sql`delete from pgboss.archive`',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: a line of source, as text.
    'sql.table(`${BOSS_SCHEMA}.job`)',
    'const schema = "offbeat_queue";',
  ])('are found where they do: %s', (line) => {
    expect(linesWithPrivateTables(`const one = 1;\n${line}\n`)).toEqual([2]);
  });

  it('may use the public API and tables of our own', () => {
    const text = "await boss.fetch('deliveries.1');\nsql`select job_id from offbeat.open_deliveries`";
    expect(linesWithPrivateTables(text)).toEqual([]);
  });
});
