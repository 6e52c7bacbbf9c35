import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { candidatesOf } from '../src/cron/candidates.ts';
import { parseCron } from '../src/cron/parse.ts';
import { OffbeatError } from '../src/errors.ts';
import { editWorkflowFile } from '../src/workflow/edit.ts';
import { readWorkflowFile } from '../src/workflow/read.ts';
import { readWorkflowFiles } from '../src/workflow/read-repository.ts';
import type { Schedule, WorkflowFile } from '../src/workflow/schedule.ts';

/**
 * Moves every movable schedule of many repositories and proves that nothing else changed.
 *
 *     node scripts/round-trip.ts DIR…
 *
 * Each DIR holds repositories as folders, or is one itself; only `.github/workflows` is read, nothing is written.
 */

const WORKFLOWS = join('.github', 'workflows');

/** Enough to meet both ends and the middle of what a schedule may be moved to. */
const CANDIDATES_TRIED = 3;

interface Tally {
  repositories: number;
  files: number;
  schedules: number;
  movable: number;
  edits: number;
  comparisonsRewritten: number;
  commentsRewritten: number;
  readonly refused: Map<string, number>;
  readonly failures: string[];
}

function main(roots: readonly string[]): number {
  if (roots.length === 0) {
    console.error('Usage: node scripts/round-trip.ts DIR…');
    return 2;
  }
  const tally: Tally = {
    repositories: 0,
    files: 0,
    schedules: 0,
    movable: 0,
    edits: 0,
    comparisonsRewritten: 0,
    commentsRewritten: 0,
    refused: new Map(),
    failures: [],
  };
  for (const repository of roots.flatMap(repositoriesIn)) tallyRepository(repository, tally);
  print(tally);
  return tally.failures.length === 0 ? 0 : 1;
}

function repositoriesIn(root: string): string[] {
  const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (names.some(({ name }) => name === '.github')) return [root];
  return names.flatMap(({ name }) => repositoriesIn(join(root, name)));
}

function tallyRepository(repository: string, tally: Tally): void {
  const sources = workflowSources(repository);
  if (sources.length === 0) return;
  tally.repositories += 1;
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  for (const file of readWorkflowFiles(sources)) {
    tally.files += 1;
    for (const schedule of file.schedules) {
      tally.schedules += 1;
      if (schedule.refusal !== undefined) count(tally.refused, schedule.refusal.code);
      else tallySchedule(repository, file, schedule, texts.get(file.path) ?? '', tally);
    }
  }
}

function workflowSources(repository: string): { path: string; text: string }[] {
  const folder = join(repository, WORKFLOWS);
  let entries: ReturnType<typeof filesOf>;
  try {
    entries = filesOf(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return entries.map((name) => ({
    path: `.github/workflows/${name}`,
    text: readFileSync(join(folder, name), 'utf8'),
  }));
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
}

function tallySchedule(
  repository: string,
  file: WorkflowFile,
  schedule: Schedule,
  text: string,
  tally: Tally,
): void {
  const candidates = candidatesOf(parseCron(schedule.cron), schedule.timezone, schedule.directives);
  const tried = pick(candidates.map(({ cron }) => cron));
  if (tried.length === 0) {
    count(tally.refused, 'no-candidate');
    return;
  }
  tally.movable += 1;
  for (const to of tried) {
    try {
      const wrong = whyWrong(file, schedule, text, to, tally);
      if (wrong !== undefined)
        tally.failures.push(`${repository} ${file.path}#${schedule.index} → ${to}: ${wrong}`);
    } catch (error) {
      if (!(error instanceof OffbeatError)) throw error;
      tally.failures.push(`${repository} ${file.path}#${schedule.index} → ${to}: ${error.sentence}`);
    }
  }
}

/** First, middle and last, so that shorter and longer texts than the old one are met. */
function pick(crons: readonly string[]): string[] {
  const step = Math.max(1, Math.floor((crons.length - 1) / (CANDIDATES_TRIED - 1)));
  return crons.filter((_, index) => index % step === 0).slice(0, CANDIDATES_TRIED);
}

/** Checks an edit without trusting the editor: the texts, and what another reading gives. */
function whyWrong(
  file: WorkflowFile,
  schedule: Schedule,
  text: string,
  to: string,
  tally: Tally,
): string | undefined {
  const edited = editWorkflowFile(file.path, text, [{ index: schedule.index, to }]);
  tally.edits += 1;
  const places = changedLines(text, edited);
  let comments = 0;
  if (places === undefined) return 'the number of lines changed';
  for (const [before, after] of places) {
    // A comparison stands on lines of its own; each holds the cron before and the new one after.
    if (withoutComment(before.replaceAll(schedule.cron, to)) !== withoutComment(after)) {
      return `more than the cron changed: ${after.trim()}`;
    }
    if (withoutComment(before) === withoutComment(after)) comments += 1;
  }
  if (places.length === 0) return 'nothing changed';
  tally.comparisonsRewritten += places.length - 1 - comments;
  tally.commentsRewritten += comments;
  const reread = readWorkflowFile(file.path, edited);
  const crons = reread.schedules.map(({ cron }) => cron);
  const expected = file.schedules.map(({ cron, index }) => (index === schedule.index ? to : cron));
  if (crons.join('\n') !== expected.join('\n')) return `reads ${crons.join(' | ')}`;
  const back = editWorkflowFile(file.path, edited, [{ index: schedule.index, to: schedule.cron }]);
  const lines = (of: string) => of.split('\n').map(withoutComment).join('\n');
  return lines(back) === lines(text) ? undefined : 'moving it back does not give the old bytes';
}

/** A line without what may be a comment: times in those are rewritten, in a style that the way back need not take. */
function withoutComment(line: string): string {
  return line.replace(/(?:^|\s)#.*/, '');
}

function changedLines(before: string, after: string): [string, string][] | undefined {
  const old = before.split('\n');
  const now = after.split('\n');
  if (old.length !== now.length) return undefined;
  return old.flatMap((line, index): [string, string][] => {
    const other = now[index] ?? '';
    return line === other ? [] : [[line, other]];
  });
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function print(tally: Tally): void {
  console.log(`repositories           ${tally.repositories}`);
  console.log(`workflow files         ${tally.files}`);
  console.log(`schedules              ${tally.schedules}`);
  console.log(`movable                ${tally.movable}`);
  console.log(`edits made and undone  ${tally.edits}`);
  console.log(`comparisons rewritten  ${tally.comparisonsRewritten}`);
  console.log(`comments rewritten     ${tally.commentsRewritten}`);
  for (const [code, number] of [...tally.refused].sort()) console.log(`refused: ${code.padEnd(22)}${number}`);
  console.log(`failures               ${tally.failures.length}`);
  for (const failure of tally.failures) console.error(failure);
}

process.exitCode = main(process.argv.slice(2));
