import { readFile } from 'node:fs/promises';
import { OffbeatError } from '../errors.ts';
import { DEFAULT_GENES } from '../genes/genes.ts';
import { simulate } from '../operations/simulate.ts';
import { Decision } from '../plan/decision.ts';
import { renderSimulation } from '../render/simulation.ts';
import { toTerminal } from '../render/to-terminal.ts';
import { DAY_MS } from '../time.ts';
import { decide } from '../usecases/planning/decide.ts';
import { planInput } from '../usecases/planning/plan-input.ts';
import { simulateAb, simulatePlan } from '../usecases/planning/simulate-plan.ts';
import { readWorkflowFiles } from '../workflow/read-repository.ts';
import type { CliContext } from './context.ts';
import { learnedRequest } from './learned-request.ts';
import { runOperation } from './operation-command.ts';
import { subjectOf } from './subject.ts';

/** Repetitions of the simulation: enough for an interval, and done within a few seconds. */
const REPETITIONS = 10;

export interface SimulateOptions {
  /** File with a decision, as `offbeat plan --json` prints it. Default: a decision made now. */
  readonly plan?: string;
  readonly runs?: string;
  readonly days?: number;
  readonly seed?: number;
  readonly json?: boolean;
  /** Share of schedules treated in an A/B. */
  readonly ab?: number;
  /** Asks the App's store about a decision in it instead. */
  readonly stored?: boolean;
  readonly data?: string;
  readonly dir?: string;
  readonly decision?: string;
  /** Asks the store what other runners would do. */
  readonly runners?: string;
}

/** `offbeat simulate DIR|OWNER/REPO`: today's schedules and the planned ones through the same days. */
export async function simulateCommand(
  target: string,
  words: readonly string[],
  options: SimulateOptions,
  context: CliContext,
): Promise<number> {
  if (options.stored === true || options.data !== undefined) {
    return simulateStored(target, words, options, context);
  }
  const [unknown] = words;
  if (options.runners !== undefined) {
    throw new OffbeatError('usage-invalid', 'Other runners are tried on what the App has learned alone.', {
      fix: 'Add --stored or --data DIRECTORY.',
    });
  }
  if (unknown !== undefined || options.decision !== undefined || options.dir !== undefined) {
    throw new OffbeatError('usage-invalid', 'A decision stands in the store of the App alone.', {
      fix: 'Add --stored or --data DIRECTORY; for a decision in a file write --plan FILE.',
    });
  }
  return simulateFiles(target, options, context);
}

function simulateStored(
  repository: string,
  words: readonly string[],
  { runs, plan, ...options }: SimulateOptions,
  context: CliContext,
): Promise<number> {
  if (runs !== undefined || plan !== undefined) {
    throw new OffbeatError('usage-invalid', 'The store has runs and decisions of its own.', {
      fix: 'Leave --runs and --plan out, or ask of a checkout.',
    });
  }
  const flags: Record<string, string> = {};
  for (const name of ['days', 'seed', 'ab', 'decision', 'runners'] as const) {
    if (options[name] !== undefined) flags[name] = String(options[name]);
  }
  return runOperation(simulate, { repository, typed: { positionals: words, flags }, options }, context);
}

async function simulateFiles(
  target: string,
  { days = 28, seed = 1, ...options }: SimulateOptions,
  context: CliContext,
): Promise<number> {
  const subject = await subjectOf(target, options.runs === undefined ? {} : { runs: options.runs }, context);
  if (subject.runs.length === 0) {
    throw new OffbeatError('usage-invalid', 'No run was seen, so nobody knows what there is to play.', {
      fix: 'Give --runs FILE, or OWNER/REPO with GITHUB_TOKEN set; `offbeat plan` needs no runs.',
    });
  }
  const now = context.clock.now();
  const request = await learnedRequest(target, subject, context);
  const decision = options.plan === undefined ? decide(request) : await decisionFromFile(options.plan);
  const files = readWorkflowFiles(subject.files);
  const input = planInput({ ...request, files, genes: DEFAULT_GENES });
  const moves = new Map(
    decision.schedules.filter(({ outcome }) => outcome === 'move').map(({ key, to }) => [key, to]),
  );
  const plan = { files, config: subject.config, input, moves };
  // Days begin at 00:00 UTC, so that a repository gives the same figures all day.
  const span = { from: Math.floor(now / DAY_MS) * DAY_MS, days, repetitions: REPETITIONS, seed };
  const simulation = simulatePlan(plan, span);
  const ab = options.ab === undefined ? null : simulateAb(plan, span, options.ab);
  const { output } = context;
  if (options.json === true) {
    output.write(JSON.stringify({ ...simulation, decision: decision.id, ab }, null, 2));
  } else {
    output.write(toTerminal(renderSimulation(simulation, ab), output));
  }
  return 0;
}

async function decisionFromFile(path: string): Promise<Decision> {
  try {
    return Decision.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    throw new OffbeatError('usage-invalid', 'The plan cannot be read.', {
      where: path,
      fix: 'Write it with: offbeat plan DIR --json > plan.json',
      cause: error,
    });
  }
}
