import { readFile, writeFile } from 'node:fs/promises';
import { OffbeatError } from '../errors.ts';
import type { AnyOperation } from '../operations/operation.ts';
import type { Typed } from '../operations/read-input.ts';

/** Largest file in bytes. An export of ten strategies with their records is a few dozen kilobytes. */
const MOST_BYTES = 4 * 1024 * 1024;

/** The only operation that reads a file is `import`. */
const WRITTEN_BY_EXPORT = 'Name a file that "offbeat export" has written.';

/** What was typed, without the name of the file that ends it. */
export interface TypedFile {
  readonly typed: Typed;
  /** `null` where none was named. */
  readonly file: string | null;
}

/** Takes the file's name off the end of the positionals, for an operation that reads or writes one. */
export function takeFile(operation: Pick<AnyOperation, 'file' | 'positionals'>, typed: Typed): TypedFile {
  const file = typed.positionals.at(-1);
  if (
    operation.file === null ||
    file === undefined ||
    typed.positionals.length <= operation.positionals.length
  ) {
    return { typed, file: null };
  }
  return { typed: { ...typed, positionals: typed.positionals.slice(0, -1) }, file };
}

/** The JSON that a file holds. Throws `usage-invalid` where it cannot be read. */
export async function readJsonFile(path: string): Promise<unknown> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new OffbeatError('usage-invalid', 'The file cannot be read.', {
      where: path,
      fix: 'See that it is there, and that whoever runs this may read it.',
      cause,
    });
  });
  if (bytes.length > MOST_BYTES) {
    throw new OffbeatError('usage-invalid', `The file has more than ${MOST_BYTES} bytes.`, {
      where: path,
      fix: WRITTEN_BY_EXPORT,
    });
  }
  try {
    return JSON.parse(bytes.toString('utf8'));
  } catch (cause) {
    throw new OffbeatError('usage-invalid', 'The file is not JSON.', {
      where: path,
      fix: WRITTEN_BY_EXPORT,
      cause,
    });
  }
}

/** Writes a value as JSON, over what was there. Throws `usage-invalid` where that cannot be. */
export async function writeJsonFile(path: string, value: unknown): Promise<void> {
  await writeFile(path, `${JSON.stringify(value, null, 2)}\n`).catch((cause: unknown) => {
    throw new OffbeatError('usage-invalid', 'The file cannot be written.', {
      where: path,
      fix: 'See that its directory is there, and that whoever runs this may write to it.',
      cause,
    });
  });
}
