import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Config } from '../src/config/config.ts';
import { CheckReport } from '../src/render/check-view.ts';
import { PlanReport } from '../src/render/plan-view.ts';
import { StoredReport } from '../src/render/report.ts';
import { DOCUMENTS } from '../src/store/lowdb/documents.ts';
import { ExportedLearning } from '../src/usecases/learning/move-learning.ts';

/**
 * Writes the JSON schemas of `schema/` from the zod schemas that the code reads with.
 *
 *     node scripts/schemas.ts [--check]
 *
 * With `--check` nothing is written; the exit code is 1 where a file is out of date.
 */

interface PublishedSchema {
  readonly file: string;
  readonly title: string;
  readonly description: string;
  readonly schema: z.ZodType;
  /** `input`: what people may write. `output`: what Offbeat writes. */
  readonly io: 'input' | 'output';
}

/** One line for each schema that others may rely on. */
export const PUBLISHED_SCHEMAS: readonly PublishedSchema[] = [
  {
    file: 'offbeat.schema.json',
    title: 'Offbeat configuration',
    description: 'The file .github/offbeat.yml of a repository. Everything in it may be left out.',
    schema: Config,
    io: 'input',
  },
  {
    file: 'check.schema.json',
    title: 'Report of offbeat check',
    description: 'What `offbeat check DIR --json` prints. Fields are added, never renamed or removed.',
    schema: CheckReport,
    io: 'output',
  },
  {
    file: 'plan.schema.json',
    title: 'Plan of offbeat plan',
    description:
      'What `offbeat plan DIR --json` prints: the decision, and what would be put on time. Fields are added, never ' +
      'renamed or removed.',
    schema: PlanReport,
    io: 'output',
  },
  {
    file: 'learned_strategies.schema.json',
    title: 'Strategies of a repository',
    description: 'learned_strategies.json in the data directory of a repository.',
    schema: DOCUMENTS['learned_strategies.json'],
    io: 'output',
  },
  {
    file: 'learning_log.schema.json',
    title: 'Learning log of a repository',
    description:
      'learning_log.json in the data directory of a repository: each adaptation and each child of evolution.',
    schema: DOCUMENTS['learning_log.json'],
    io: 'output',
  },
  {
    file: 'report_latest.schema.json',
    title: 'Newest report of a repository',
    description: 'report_latest.json in the data directory of a repository: what /report says.',
    schema: StoredReport,
    io: 'output',
  },
  {
    file: 'learning_export.schema.json',
    title: 'What a repository has learned, for another',
    description: 'What `offbeat export OWNER/REPO FILE` writes and `offbeat import OWNER/REPO FILE` reads.',
    schema: ExportedLearning,
    io: 'output',
  },
];

const FOLDER = join(dirname(fileURLToPath(import.meta.url)), '..', 'schema');

/** The text of a schema's file. */
export function schemaText({ title, description, schema, io }: PublishedSchema): string {
  const { $schema, ...rest } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    // What Offbeat writes gains fields over time: a reader that checks it must not stumble over them.
    override: ({ jsonSchema }) => {
      if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  return `${JSON.stringify({ $schema, title, description, ...rest }, null, 2)}\n`;
}

/** The committed text; empty where there is no such file. */
export function committedText({ file }: PublishedSchema): string {
  try {
    return readFileSync(join(FOLDER, file), 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  }
}

function main(check: boolean): number {
  const outdated = PUBLISHED_SCHEMAS.filter(
    (published) => committedText(published) !== schemaText(published),
  );
  for (const published of outdated) {
    if (!check) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(join(FOLDER, published.file), schemaText(published));
    }
    console.log(
      `schema/${published.file} ${check ? 'is out of date: run node scripts/schemas.ts' : 'written'}`,
    );
  }
  return check && outdated.length > 0 ? 1 : 0;
}

if (import.meta.main) process.exitCode = main(process.argv.includes('--check'));
