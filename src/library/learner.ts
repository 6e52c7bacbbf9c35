import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { parseConfig } from '../config/parse.ts';
import { OffbeatError } from '../errors.ts';
import { sourcesReader } from '../github/given-files.ts';
import { SILENT_LOG } from '../log.ts';
import { inputProblems } from '../operations/input-problems.ts';
import { WorkflowName } from '../operations/workflow-name.ts';
import type { Decision } from '../plan/decision.ts';
import { renderAccuracy } from '../render/accuracy.ts';
import type { Document } from '../render/document.ts';
import { renderInsights, renderRunPage } from '../render/history-view.ts';
import { renderBatch, renderPrediction } from '../render/prediction.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { memoryStore } from '../store/memory-store.ts';
import { DEFAULT_STRATEGY } from '../strategy/strategy.ts';
import { EXCELLENT, FAIR, GOOD, relativeError } from '../strategy/track-record.ts';
import type { Context } from '../usecases/context.ts';
import { findWorkflow } from '../usecases/find-workflow.ts';
import { knownRepository, newProfile } from '../usecases/known-repository.ts';
import { adaptStrategy } from '../usecases/learning/adapt-strategy.ts';
import { evolveRepository } from '../usecases/learning/evolve-repository.ts';
import { ExportedLearning, exportLearning, importLearning } from '../usecases/learning/move-learning.ts';
import { RunReport, recordRun } from '../usecases/learning/record-run.ts';
import { scheduleVersion } from '../usecases/learning/schedule-version.ts';
import { planRepository } from '../usecases/planning/plan-repository.ts';
import { accuracyOf } from '../usecases/questions/accuracy.ts';
import { predictBatch } from '../usecases/questions/batch.ts';
import { insightsOf } from '../usecases/questions/insights.ts';
import { predict } from '../usecases/questions/predict.ts';
import { reportView } from '../usecases/questions/report-view.ts';
import { repositoryHealth } from '../usecases/questions/repository-health.ts';
import { runHistoryPage } from '../usecases/questions/run-history-page.ts';
import type { Answer, ExecutionReport, FeedbackScore, Learner, LearnerOptions } from './types.ts';

const REPOSITORY = 1;
const RUNS_SHOWN = 100;

/** Makes a learner. Throws an `OffbeatError` where configuration or learning cannot be read. */
export async function createLearner(options: LearnerOptions = {}): Promise<Learner> {
  const { files = [], learning } = options;
  const config = parseConfig(options.config ?? '');
  const now = options.now ?? (() => Date.now());
  const startedAt = now();
  const profile = newProfile({
    id: REPOSITORY,
    installationId: 1,
    owner: 'local',
    name: 'repository',
    defaultBranch: 'main',
    archived: false,
    fork: false,
    private: true,
  });
  const reader = sourcesReader(
    async () => files,
    async () => config,
  );
  const context: Context = {
    store: memoryStore([profile], startedAt),
    github: {
      connect: async () => ({ appLogin: '', reader, writer: null, permissionOf: async () => 'none' }),
    },
    clock: { now },
    log: SILENT_LOG,
    emergencyStop: false,
    commands: [],
  };
  const version = scheduleVersion({ sha: '', files }, startedAt);
  await context.store.apply(REPOSITORY, { scheduleVersions: [version] });
  if (learning !== undefined) await importLearning(context, REPOSITORY, await learningOf(learning));
  return learnerIn(context);
}

function learnerIn(context: Context): Learner {
  /** Starts that were made up, so that two reports of equal runs in one moment are two runs. */
  const madeUp = new Set<string>();
  const report = (given: ExecutionReport) =>
    recordRun(context, REPOSITORY, runReport(given, context.clock.now(), madeUp));
  const state = () => knownRepository(context, REPOSITORY);
  /** A round that moves what the last one moved is not recorded, but its reasons are newer. */
  const keepDecision = async (decision: Decision): Promise<void> => {
    const { decisions } = await state();
    if (decisions.some(({ id }) => id === decision.id)) return;
    await context.store.apply(REPOSITORY, { decisions: [decision] });
  };

  return {
    async recordExecutionFeedback(feedback): Promise<FeedbackScore> {
      checkedInput(Feedback, feedback ?? {}, 'recordExecutionFeedback');
      const { predictedDuration, actualDuration, strategy = DEFAULT_STRATEGY, ...given } = feedback;
      checkedInput(OneStrategy, { strategy }, 'recordExecutionFeedback');
      // An unknown strategy is told before anything is learned.
      await accuracyOf(context, REPOSITORY, { strategy });
      const { learned } = await report({ ...given, duration: actualDuration });
      const error = relativeError(predictedDuration, actualDuration);
      const after = await accuracyOf(context, REPOSITORY, { strategy });
      return { relativeError: error, grade: gradeOf(error), learned, strategy: after };
    },
    async adaptStrategy(name) {
      checkedInput(OneStrategy, { strategy: name }, 'adaptStrategy');
      const { strategy, event } = await adaptStrategy(context, REPOSITORY, name);
      return { strategy: strategy.name, parameters: strategy.parameters, why: event?.why ?? null };
    },
    async evolveStrategies() {
      const { population, events, runsReplayed } = await evolveRepository(context, REPOSITORY);
      return { runsReplayed, strategies: population.strategies.map(({ name }) => name), events };
    },
    async generateOptimizedSchedule(workflow, strategy) {
      checkedInput(Planned, { workflow, strategy }, 'generateOptimizedSchedule');
      const { path } = findWorkflow(await state(), workflow);
      const result = await planRepository(context, {
        repositoryId: REPOSITORY,
        trigger: 'command',
        only: path,
        ...(strategy === undefined ? {} : { strategy }),
      });
      if (result.kind === 'decided') await keepDecision(result.decision);
      const row =
        result.kind === 'decided'
          ? result.decision.schedules.find((schedule) => schedule.path === path)
          : undefined;
      if (row === undefined) {
        throw new OffbeatError('not-found', `No schedule of "${workflow}" is known.`, {
          fix: 'Give its workflow file to createLearner as one of `files`.',
        });
      }
      return { recommendedTime: row.to, confidenceScore: row.confidence, reasoning: row.reasons };
    },
    async report() {
      return reportView(context, await state(), null);
    },
    async export(file) {
      checkedInput(Target, { file }, 'export');
      await writeLearning(file, await exportLearning(context, REPOSITORY));
    },
    recordExecution: (given) =>
      answered(
        () => report(given),
        ({ path, learned }) => [`${path}: ${learned ? 'the run was learned' : 'the run was known already'}.`],
      ),
    predictExecutionTime: (workflow) =>
      answered(async () => {
        checkedInput(Named, { workflow }, 'predictExecutionTime');
        return predict(context, REPOSITORY, { workflow, schedule: 0 });
      }, renderPrediction),
    predictBatch: (workflows = []) =>
      answered(async () => {
        checkedInput(Several, { workflows }, 'predictBatch');
        return predictBatch(context, REPOSITORY, { workflows });
      }, renderBatch),
    getExecutionHistory: (workflow) =>
      answered(async () => {
        checkedInput(MaybeNamed, { workflow }, 'getExecutionHistory');
        return runHistoryPage(context, REPOSITORY, { workflow, page: 1, perPage: RUNS_SHOWN });
      }, renderRunPage),
    getAccuracyMetrics: (strategy) =>
      answered(async () => {
        checkedInput(OfStrategy, { strategy }, 'getAccuracyMetrics');
        return accuracyOf(context, REPOSITORY, { strategy });
      }, renderAccuracy),
    getWorkflowInsights: (workflow) =>
      answered(async () => {
        checkedInput(MaybeNamed, { workflow }, 'getWorkflowInsights');
        return insightsOf(context, REPOSITORY, workflow);
      }, renderInsights),
    healthCheck: () =>
      answered(
        () => repositoryHealth(context, REPOSITORY),
        ({ status, problems }) => [status === 'ok' ? 'All is well.' : problems.join(' ')],
      ),
  };
}

/** The report with a start of its own where none is given. Throws `command-invalid` where it is none. */
function runReport(given: unknown, now: number, madeUp: Set<string>): RunReport {
  const { startTime, ...told } = Object(given) as Partial<ExecutionReport>;
  const report = { ...told, startTime: isoOf(startTime ?? new Date(now)) };
  const checked = checkedInput(RunReport, report, 'recordExecution');
  return startTime === undefined
    ? { ...checked, startTime: new Date(unusedStart(checked, now, madeUp)).toISOString() }
    : checked;
}

function unusedStart(
  { workflow, duration }: Pick<RunReport, 'workflow' | 'duration'>,
  now: number,
  madeUp: Set<string>,
): number {
  let at = now - duration * 1_000;
  while (madeUp.has(`${workflow} ${at}`)) at -= 1;
  madeUp.add(`${workflow} ${at}`);
  return at;
}

/** What is no date stays as it is, and the schema refuses it with a sentence. */
function isoOf(given: unknown): unknown {
  const date = given instanceof Date ? given : new Date(String(given));
  return Number.isNaN(date.getTime()) ? String(given) : date.toISOString();
}

/** What was given to a method, which JavaScript does not hold to its type. Throws `command-invalid`. */
function checkedInput<Value>(schema: z.ZodType<Value>, given: unknown, method: string): Value {
  const { success, data, error } = schema.safeParse(given);
  if (success) return data;
  throw new OffbeatError('command-invalid', inputProblems(error.issues, given), {
    where: method,
    fix: 'docs/library.md lists what each method takes.',
  });
}

const Seconds = z.number().min(0);
const Feedback = z.looseObject({ predictedDuration: Seconds, actualDuration: Seconds });
const Named = z.object({ workflow: WorkflowName });
const MaybeNamed = z.object({ workflow: WorkflowName.optional() });
const Strategy = z.string().min(1).max(100);
const OfStrategy = z.object({ strategy: Strategy.optional() });
const OneStrategy = z.object({ strategy: Strategy });
const Several = z.object({ workflows: z.array(WorkflowName) });
const Planned = z.object({ workflow: WorkflowName, strategy: Strategy.optional() });
const Target = z.object({ file: z.string().min(1) });

function gradeOf(error: number): FeedbackScore['grade'] {
  if (error <= EXCELLENT) return 'excellent';
  if (error <= GOOD) return 'good';
  return error <= FAIR ? 'fair' : 'poor';
}

async function writeLearning(file: string, learned: ExportedLearning): Promise<void> {
  await writeFile(file, `${JSON.stringify(learned, null, 2)}\n`).catch((cause: unknown) => {
    throw new OffbeatError('usage-invalid', 'The file cannot be written.', {
      where: file,
      fix: 'See that its directory is there, and that whoever runs this may write to it.',
      cause,
    });
  });
}

async function learningOf(learning: string | object): Promise<ExportedLearning> {
  try {
    const given: unknown =
      typeof learning === 'string' ? JSON.parse(await readFile(learning, 'utf8')) : learning;
    return ExportedLearning.parse(given);
  } catch (cause) {
    throw new OffbeatError('usage-invalid', 'The learning cannot be read.', {
      ...(typeof learning === 'string' ? { where: learning } : {}),
      fix: 'Give what `export` of a learner or `offbeat export` has written.',
      cause,
    });
  }
}

/** The answer to a question; a refusal is an answer too. */
async function answered<Data>(
  ask: () => Promise<Data>,
  render: (data: Data) => Document,
): Promise<Answer<Data>> {
  try {
    const data = await ask();
    return { success: true, message: toTerminal(render(data)), data };
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    return { success: false, message: error.sentence, data: null };
  }
}
