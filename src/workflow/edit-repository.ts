import type { Node } from 'yaml';
import { readYaml } from './document.ts';
import {
  type CronEdit,
  comparedElsewhere,
  comparisonSplices,
  editWorkflowFile,
  rewrittenValue,
  spliced,
  unproven,
  valuesOf,
} from './edit.ts';
import { readReaching, type SharedFile, sharedFilesOf, type TextFile } from './reached.ts';
import type { Schedule } from './schedule.ts';
import { readScheduleUses, sameCron } from './schedule-literals.ts';

/** A new cron for a schedule of a workflow file. */
export interface RepositoryEdit extends CronEdit {
  readonly path: string;
}

/**
 * The files that change with these crons: the workflows themselves, and called workflows and local actions that compare
 * the schedule. Every other byte is as it was. Throws as `editWorkflowFile`.
 */
export function editRepository(
  sources: readonly TextFile[],
  edits: readonly RepositoryEdit[],
): readonly TextFile[] {
  const byPath = Map.groupBy(edits, ({ path }) => path);
  const edited = new Map<string, string>();
  for (const { path, text } of sources) {
    const own = byPath.get(path);
    if (own !== undefined) edited.set(path, editWorkflowFile(path, text, own));
  }
  for (const { path, text } of editSharedFiles(sources, edits, edited)) edited.set(path, text);
  return sources.flatMap(({ path }) => {
    const text = edited.get(path);
    return text === undefined ? [] : [{ path, text }];
  });
}

/**
 * Called workflows and local actions that compare the schedule, with the new crons. `edited` has the texts of files
 * whose own crons have changed. Throws `workflow-refused` and `edit-unproven`.
 */
export function editSharedFiles(
  sources: readonly TextFile[],
  edits: readonly RepositoryEdit[],
  edited: ReadonlyMap<string, string>,
): readonly TextFile[] {
  if (!mayShare(sources)) return [];
  return [...sharedFilesOf(readReaching(sources)).values()].flatMap((file) => {
    const { path, schedules, source } = file;
    const moves = schedules.flatMap((schedule) => moveOf(schedule, edits));
    refuseSharedCollisions(file, moves, edits);
    const before = edited.get(path) ?? source.text;
    const text = withComparisons(
      path,
      before,
      moves.filter((move) => move.path !== path),
    );
    return text === before ? [] : [{ path, text }];
  });
}

/** Whether any text can be a shared file that reads the schedule: reading all of them takes time. */
function mayShare(sources: readonly TextFile[]): boolean {
  return sources.some(
    ({ text }) =>
      /schedule/i.test(text) && /github\s*[.[]/i.test(text) && /\bworkflow_call\b|\bcomposite\b/.test(text),
  );
}

/** A schedule with its new cron. */
interface Move {
  readonly path: string;
  readonly from: string;
  readonly to: string;
}

function moveOf({ path, index, cron }: Schedule, edits: readonly RepositoryEdit[]): readonly Move[] {
  const edit = edits.find((one) => one.path === path && one.index === index);
  return edit === undefined || edit.to === cron ? [] : [{ path, from: cron, to: edit.to }];
}

/** A new cron must differ from other schedules' that run the file, old and new, and from what it compares. */
function refuseSharedCollisions(
  { path, uses, schedules }: SharedFile,
  moves: readonly Move[],
  edits: readonly RepositoryEdit[],
): void {
  if (uses.literals.length === 0) return;
  const after = schedules.map((schedule) => moveOf(schedule, edits)[0]?.to ?? schedule.cron);
  for (const { to } of moves) {
    const hasSameCronEntry =
      after.filter((cron) => sameCron(cron, to)).length > 1 || moves.some(({ from }) => sameCron(from, to));
    const isCompared = uses.literals.some(
      ({ cron }) => sameCron(cron, to) && !moves.some(({ from }) => sameCron(from, cron)),
    );
    if (hasSameCronEntry || isCompared) throw comparedElsewhere(path, to);
  }
}

/** The text of a shared file with compared crons replaced, read again and compared value by value. */
function withComparisons(path: string, text: string, moves: readonly Move[]): string {
  const source = readYaml(text);
  const { literals } = readScheduleUses(source);
  const newCron = (cron: string) => moves.find(({ from }) => sameCron(from, cron))?.to;
  const splices = comparisonSplices(path, text, literals, newCron);
  if (splices.length === 0) return text;
  const after = spliced(text, splices, path);
  const expected = new Map<Node, string>(
    literals.map(({ node }) => [node, rewrittenValue(path, node, literals, newCron)]),
  );
  const wanted = valuesOf({ source }, expected);
  const found = valuesOf({ source: readYaml(after) }, new Map());
  if (found.length === wanted.length && found.every((value, at) => value === wanted[at])) return after;
  throw unproven(path, 'another value than the compared cron would change');
}
