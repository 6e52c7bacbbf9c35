import type { DocumentForm } from '../../disk/json-document.ts';

const MAY_LACK: ReadonlySet<string> = new Set(['jobs', 'predictedSeconds']);

interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
}

/** Writes runs as a table: the field names once, then a row of values for each run. It is less than half as long. */
export const RUN_TABLE: DocumentForm = {
  toStored: (document) =>
    'runs' in document ? { ...document, runs: toTable([...(document.runs as Iterable<object>)]) } : document,
  fromStored(stored) {
    if (typeof stored !== 'object' || stored === null || !('runs' in stored)) return stored;
    return isTable(stored.runs) ? { ...stored, runs: fromTable(stored.runs) } : stored;
  },
};

function toTable(runs: readonly object[]): Table {
  const columns = [...new Set(runs.flatMap(Object.keys))];
  const rows = runs.map((run) => columns.map((column) => (run as Record<string, unknown>)[column] ?? null));
  return { columns, rows };
}

function fromTable({ columns, rows }: Table): readonly object[] {
  return rows.map((row) => {
    const run: Record<string, unknown> = {};
    for (const [at, column] of columns.entries()) {
      if (row[at] !== null || !MAY_LACK.has(column)) run[column] = row[at];
    }
    return run;
  });
}

function isTable(given: unknown): given is Table {
  if (typeof given !== 'object' || given === null) return false;
  if (!('columns' in given && 'rows' in given)) return false;
  const { columns, rows } = given;
  return Array.isArray(columns) && Array.isArray(rows) && rows.every(Array.isArray);
}
