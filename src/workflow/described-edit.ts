import { isMap } from 'yaml';
import { OffbeatError } from '../errors.ts';
import { readYaml } from './document.ts';
import { editWorkflowFile } from './edit.ts';
import { insertLines, removeItems } from './insert-key.ts';

/** A change of a file that is shown, and never written by itself, as it changes what a job means. */
export type DescribedEdit =
  | { readonly kind: 'without-need'; readonly job: string; readonly need: string }
  | { readonly kind: 'two-shards'; readonly job: string }
  | { readonly kind: 'cancel-in-progress' }
  | { readonly kind: 'cron'; readonly index: number; readonly to: string };

/** The file's text after the change; `null` where it cannot be made in the text of this file for sure. */
export function describedEdit(path: string, text: string, edit: DescribedEdit): string | null {
  switch (edit.kind) {
    case 'without-need':
      return removeItems(path, text, { into: ['jobs', edit.job], key: 'needs', items: [edit.need] });
    case 'two-shards':
      return withTwoShards(path, text, edit.job);
    case 'cancel-in-progress':
      return insertLines(path, text, { into: [], key: 'concurrency', ...CANCEL_IN_PROGRESS });
    case 'cron':
      return withCron(path, text, edit);
  }
}

const GROUP = `\${{ github.workflow }}-\${{ github.ref }}`;
const CANCEL_IN_PROGRESS = {
  value: { group: GROUP, 'cancel-in-progress': true },
  lines: ['concurrency:', `  group: ${GROUP}`, '  cancel-in-progress: true'],
  before: 'jobs',
};
const SHARDS = { key: 'shard', value: [1, 2], lines: ['shard: [1, 2]'] };
const MATRIX = { key: 'matrix', value: { shard: [1, 2] }, lines: ['matrix:', '  shard: [1, 2]'] };
const STRATEGY = {
  key: 'strategy',
  value: { matrix: { shard: [1, 2] } },
  lines: ['strategy:', '  matrix:', '    shard: [1, 2]'],
};

/** Adds an axis to the job's matrix, and what it stands in where the job has none. */
function withTwoShards(path: string, text: string, job: string): string | null {
  const into = ['jobs', job];
  const { document } = readYaml(text);
  const strategy = document?.getIn([...into, 'strategy'], true);
  if (strategy === undefined) return insertLines(path, text, { into, ...STRATEGY });
  if (!isMap(strategy)) return null;
  const matrix = strategy.get('matrix', true);
  if (matrix === undefined) return insertLines(path, text, { into: [...into, 'strategy'], ...MATRIX });
  // The rules of `include` and `exclude` mean something else beside another axis.
  if (!isMap(matrix) || matrix.has('include') || matrix.has('exclude')) return null;
  return insertLines(path, text, { into: [...into, 'strategy', 'matrix'], ...SHARDS });
}

function withCron(
  path: string,
  text: string,
  { index, to }: { readonly index: number; readonly to: string },
) {
  try {
    return editWorkflowFile(path, text, [{ index, to }]);
  } catch (error) {
    if (error instanceof OffbeatError) return null;
    throw error;
  }
}
