import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { localSources } from '../src/cli/local-sources.ts';
import { parseConfig } from '../src/config/parse.ts';
import type { Decision } from '../src/plan/decision.ts';
import { emptyPopulation } from '../src/strategy/population.ts';
import { learnHistory } from '../src/usecases/learning/learn-history.ts';
import { scheduleVersion } from '../src/usecases/learning/schedule-version.ts';
import { decideByConvention } from '../src/usecases/planning/by-convention.ts';
import { type DecisionRequest, decide } from '../src/usecases/planning/decide.ts';
import type { SourceFile } from '../src/usecases/ports.ts';
import { editWorkflowFile, staleComments } from '../src/workflow/edit.ts';
import { readWorkflowFiles } from '../src/workflow/read-repository.ts';
import { madeHistory } from './made-history.ts';
import {
  changesDay,
  newCrowds,
  oldTimesLeft,
  orderBeside,
  orderElsewhere,
  type Planned,
} from './plan-faults.ts';

/**
 * Plans checkouts with made histories, and lists what people would mind: ticks on another day, orders that comments
 * name, old times left in comments, new crowds. Every move that has any gain is made, and once more by convention,
 * without history. Exits with 1 where a day changes, a crowd is made, or a false comment is left that nothing names.
 *
 *     node scripts/plan-checkouts.ts DIR…
 *
 * Each DIR holds repositories as folders, or is one itself; nothing is written.
 */

const NOW = Date.UTC(2026, 8, 7, 9);
/** Everything that has any gain moves; hours are known from an hourly workflow that the plan does not see. */
const CONFIG = parseConfig('min-confidence: 0\nmin-benefit: 0\nmax-change-share: 1\nmax-edits: 100\n');
const HOURLY = {
  path: '.github/workflows/made-hourly.yml',
  text: "name: Hourly\non:\n  schedule:\n    - cron: '7 * * * *'\njobs: { a: { runs-on: ubuntu-latest } }\n",
};

interface Tally {
  repositories: number;
  schedules: number;
  readonly ordersKept: string[];
  readonly plans: Readonly<Record<'history' | 'convention', Faults>>;
}

interface Faults {
  moves: number;
  readonly dayChanges: string[];
  readonly orders: string[];
  readonly ordersElsewhere: string[];
  readonly commentsNamed: string[];
  readonly commentsLeft: string[];
  readonly crowds: string[];
}

const noFaults = (): Faults => ({
  moves: 0,
  dayChanges: [],
  orders: [],
  ordersElsewhere: [],
  commentsNamed: [],
  commentsLeft: [],
  crowds: [],
});

async function main(roots: readonly string[]): Promise<number> {
  if (roots.length === 0) {
    console.error('Usage: node scripts/plan-checkouts.ts DIR…');
    return 2;
  }
  const plans = { history: noFaults(), convention: noFaults() };
  const tally: Tally = { repositories: 0, schedules: 0, ordersKept: [], plans };
  for (const repository of roots.flatMap(repositoriesIn)) await look(repository, tally);
  print(tally);
  const isFaulty = ({ dayChanges, commentsLeft, crowds }: Faults) =>
    dayChanges.length + commentsLeft.length + crowds.length > 0;
  return Object.values(plans).some(isFaulty) ? 1 : 0;
}

function repositoriesIn(root: string): string[] {
  const names = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  if (names.some(({ name }) => name === '.github')) return [root];
  return names.flatMap(({ name }) => repositoriesIn(join(root, name)));
}

async function look(repository: string, tally: Tally): Promise<void> {
  const sources = await localSources(repository);
  const schedules = readWorkflowFiles(sources).flatMap((file) => file.schedules);
  if (schedules.length === 0) return;
  tally.repositories += 1;
  tally.schedules += schedules.length;
  for (const { path, writtenOrder } of schedules) {
    if (writtenOrder !== undefined) tally.ordersKept.push(`${repository} ${path}: ${writtenOrder}`);
  }
  const watched = [...sources, HOURLY];
  const runs = madeHistory(
    readWorkflowFiles(watched).flatMap((file) => file.schedules),
    NOW,
    tally.repositories,
  );
  const request: DecisionRequest = {
    sources,
    config: CONFIG,
    ...learnHistory(runs, scheduleVersion({ sha: '', files: watched }, NOW), watched),
    proposals: [],
    population: emptyPopulation(NOW),
    trigger: 'cli',
    decisionsBefore: 0,
    now: NOW,
  };
  tallyPlan(repository, sources, decide(request), tally.plans.history);
  tallyPlan(repository, sources, decideByConvention(request), tally.plans.convention);
}

function tallyPlan(repository: string, sources: readonly SourceFile[], plan: Decision, faults: Faults): void {
  const lines = new Map(
    readWorkflowFiles(sources).flatMap(({ schedules }) =>
      schedules.map(({ path, index, line }) => [`${path}#${index}`, line]),
    ),
  );
  const planned = plan.schedules.map((row): Planned & { index: number } => ({
    path: row.path,
    index: row.index,
    timezone: row.timezone,
    from: row.cron,
    to: row.outcome === 'move' ? row.to : row.cron,
    line: lines.get(row.key) ?? 1,
  }));
  const moves = planned.filter(({ from, to }) => from !== to);
  const texts = new Map(sources.map(({ path, text }) => [path, text]));
  const beside = planned.map(({ path, line }) => ({ path, line, text: texts.get(path) ?? '' }));
  faults.moves += moves.length;
  for (const crowd of newCrowds(planned, NOW)) faults.crowds.push(`${repository} ${crowd}`);
  for (const { path, text } of sources) {
    const own = moves.filter((move) => move.path === path);
    if (own.length === 0) continue;
    const edits = own.map(({ index, to }) => ({ index, to }));
    const edited = editWorkflowFile(path, text, edits);
    const named = new Set(staleComments(path, text, edits).map(({ line }) => line));
    for (const move of own) {
      const place = `${repository} ${path} ${move.from} → ${move.to}`;
      if (changesDay(move, NOW)) faults.dayChanges.push(place);
      const order = orderBeside(text, move);
      if (order !== undefined) faults.orders.push(`${place}: ${order}`);
      const elsewhere = orderElsewhere(path, beside);
      if (elsewhere !== undefined) faults.ordersElsewhere.push(`${place}: ${elsewhere}`);
      for (const [line, comment] of oldTimesLeft(edited, move)) {
        (named.has(line) ? faults.commentsNamed : faults.commentsLeft).push(`${place}: ${comment.trim()}`);
      }
    }
  }
}

function print({ repositories, schedules, ordersKept, plans }: Tally): void {
  console.log(`repositories with schedules  ${repositories}`);
  console.log(`schedules                    ${schedules}`);
  list('left alone for an order that a comment names', ordersKept);
  for (const [name, faults] of Object.entries(plans)) {
    console.log(`\nplanned by ${name}`);
    console.log(`  moves  ${faults.moves}`);
    list('  ticks on another day', faults.dayChanges);
    list('  new crowds', faults.crowds);
    list('  words of order beside a move, to be looked at', faults.orders);
    list('  words of order elsewhere that name a moved workflow, to be looked at', faults.ordersElsewhere);
    list('  old time in a comment, named', faults.commentsNamed);
    list('  old time in a comment, left without a word', faults.commentsLeft);
  }
}

function list(what: string, found: readonly string[]): void {
  console.log(`${what}  ${found.length}`);
  for (const one of found) console.log(`    ${one}`);
}

process.exitCode = await main(process.argv.slice(2));
