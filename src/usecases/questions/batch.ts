import { setImmediate as turnOfTheEventLoop } from 'node:timers/promises';
import type { Config } from '../../config/config.ts';
import { limitsFor } from '../../config/rules.ts';
import { readableTicks } from '../../cron/readable-cron.ts';
import { servedTicks } from '../../cron/served.ts';
import { scheduleKey } from '../../history/run.ts';
import type { ScheduleDecision } from '../../plan/decision.ts';
import { currentDecision } from '../../proposal/current-decision.ts';
import type { Batch } from '../../render/prediction.ts';
import { WEEK_MS } from '../../time.ts';
import type { Context } from '../context.ts';
import { findWorkflow } from '../find-workflow.ts';
import { knownRepository } from '../known-repository.ts';
import { knownRuns } from '../learning/older-months.ts';
import { entriesInForce } from '../learning/schedule-version.ts';
import { withNamedFiles } from '../named-files.ts';
import { blockedStarts } from '../planning/blocked-starts.ts';
import { movesLeft } from '../planning/moves-left.ts';
import { planWithoutGates, type UngatedPlan } from '../planning/plan-without-gates.ts';
import type { RepositoryState, SourceFile } from '../ports.ts';
import { readFilesInTurns } from '../read-in-turns.ts';
import { isUnsure, predictionOf } from './prediction.ts';

/** Nothing speaks for or against a minute next to the present one but that it is free. */
const EVEN_ODDS = 0.5;

/** Collisions that are told one by one; their number is told in full. */
const COLLISIONS_TOLD = 100;

export interface BatchRequest {
  /** Paths, file names or names of workflows; all of them where none is named. */
  readonly workflows: readonly string[];
  /** Least confidence of a recommendation, 0–1; the configuration's where left out. */
  readonly minConfidence?: number | undefined;
}

/** Recommends times for all schedules at once, no two in the same minute where one can move. */
export async function predictBatch(
  context: Context,
  repositoryId: number,
  { workflows, minConfidence }: BatchRequest,
): Promise<Batch> {
  const state = await knownRepository(context, repositoryId);
  const now = context.clock.now();
  const { sources, config, decision } = await decisionNow(context, state, minConfidence);
  const wanted = new Set(
    workflows.map((name) => findWorkflow({ ...state, decisions: [decision] }, name).path),
  );
  const isWanted = ({ path }: ScheduleDecision) => wanted.size === 0 || wanted.has(path);
  const apart = await movedApart(decision.schedules, { sources, config, now, minConfidence });
  const byKey = new Map(decision.schedules.map((line) => [line.key, line]));
  return {
    predictions: apart.lines.filter(isWanted).map((line) =>
      predictionOf(state, decision, line.to === line.cron ? (byKey.get(line.key) ?? line) : line, {
        now,
        minConfidence,
      }),
    ),
    moved_apart: apart.moved,
    collisions_left: apart.collisions.length,
    collisions: apart.collisions.slice(0, COLLISIONS_TOLD),
    runs_known: knownRuns(state),
  };
}

/** The decision other doors answer from, while it knows the crons in force; else a round on the spot. */
async function decisionNow(
  context: Context,
  state: RepositoryState,
  minConfidence: number | undefined,
): Promise<UngatedPlan> {
  const recorded = currentDecision(state, { now: context.clock.now() });
  const entries = entriesInForce(state);
  const isCurrent =
    recorded !== undefined &&
    recorded.schedules.length === entries.length &&
    recorded.schedules.every(({ key, cron, timezone }) =>
      entries.some((entry) => entry.key === key && entry.cron === cron && entry.timezone === timezone),
    );
  if (!isCurrent) return planWithoutGates(context, state, minConfidence);
  const { reader } = await context.github.connect(state.profile);
  return {
    sources: await withNamedFiles(reader, await reader.workflowSources()),
    config: await reader.config(),
    decision: recorded,
  };
}

interface Known {
  readonly sources: readonly SourceFile[];
  readonly config: Config;
  readonly now: number;
  readonly minConfidence: number | undefined;
}

/**
 * Takes schedules in their order; one whose minute is taken goes to its best free time. Deliveries have turns between:
 * with hundreds of schedules it computes for a second.
 */
async function movedApart(lines: readonly ScheduleDecision[], known: Known) {
  const taken = new Map<number, string>();
  const spare = await otherTimes(known);
  const collisions: Batch['collisions'] = [];
  const settled = new Map<string, ScheduleDecision>();
  let moved = 0;
  const isFree = (ticks: readonly number[]): boolean => !ticks.some((tick) => taken.has(tick));
  // What may not move has its minutes first.
  const inOrder = lines.toSorted((one, other) => Number(mayMove(one, known)) - Number(mayMove(other, known)));
  for (const line of inOrder) {
    // What is not sure enough stays where it is, and the others keep out of its way.
    let chosen = isUnsure(line, known.minConfidence) ? { ...line, to: line.cron } : line;
    let ticks = ticksOf(chosen, chosen.to, known.now);
    if (!isFree(ticks) && mayMove(line, known)) {
      await turnOfTheEventLoop();
      const others = [...line.alternatives.map(({ cron }) => cron), ...spare(line.key)];
      const free = others
        .values()
        .map((cron) => ({ cron, ticks: ticksOf(line, cron, known.now) }))
        .find((other) => isFree(other.ticks));
      if (free !== undefined) {
        const reason = sameMinute(chosen.to, ticks, taken);
        const { unsure: _unsure, ...sure } = line;
        chosen = { ...sure, to: free.cron, confidence: EVEN_ODDS, reasons: [reason, ...line.reasons] };
        ticks = free.ticks;
        moved += 1;
      }
    }
    const met = ticks.find((tick) => taken.has(tick));
    if (met !== undefined) {
      collisions.push({ at: new Date(met).toISOString(), schedules: [taken.get(met) ?? '', line.key] });
    }
    for (const tick of ticks) if (!taken.has(tick)) taken.set(tick, line.key);
    settled.set(line.key, chosen);
  }
  return { lines: lines.map((line) => settled.get(line.key) ?? line), moved, collisions };
}

/**
 * A pinned, waiting or refused schedule keeps its minute. The configuration's least confidence is asked of gains, and
 * a free minute promises none; only a question that asks for more than even odds keeps a schedule in its minute.
 */
function mayMove({ outcome, inPull, unsure }: ScheduleDecision, { minConfidence }: Known): boolean {
  if ((minConfidence ?? 0) > EVEN_ODDS || inPull !== undefined) return false;
  return outcome === 'keep' || outcome === 'move' || unsure === true;
}

/** Ticks of the coming week that GitHub serves; none of what is no cron. */
function ticksOf({ timezone }: ScheduleDecision, cron: string, now: number): readonly number[] {
  return servedTicks(readableTicks({ cron, timezone }, now, now + WEEK_MS));
}

function sameMinute(cron: string, ticks: readonly number[], taken: ReadonlyMap<number, string>): string {
  const met = ticks.find((tick) => taken.has(tick));
  return `${cron} is the same minute as ${(met === undefined ? undefined : taken.get(met)) ?? 'another schedule'}.`;
}

/** Every other time of a schedule, by its key; looked for only where it is asked, as few schedules need it. */
async function otherTimes({ sources, config }: Known): Promise<(key: string) => readonly string[]> {
  const files = await readFilesInTurns(sources);
  const blocked = new Set(blockedStarts(sources, files, config));
  const read = new Map(
    files.flatMap((file) =>
      file.schedules.map((schedule) => [scheduleKey(schedule.path, schedule.index), { file, schedule }]),
    ),
  );
  return (key) => {
    const found = read.get(key);
    if (found === undefined) return [];
    const startIsBlocked = blocked.has(found.schedule.path);
    const rules = { ...limitsFor(config, found.schedule), startIsBlocked };
    const { candidates } = movesLeft(found.file, found.schedule, rules);
    return candidates.map(({ cron }) => cron);
  };
}
