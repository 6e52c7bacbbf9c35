import { plainValues, readYaml } from './document.ts';
import { isRecord } from './jobs.ts';
import { farthest, type Reach, reachOfAction, reachOfScript } from './known-commands.ts';

/** Facts of a job, beside the graph, that decide which changes of it may be proposed. */
export interface JobFacts {
  readonly id: string;
  /** Whether it keeps something for later jobs: an artifact, a cache, outputs. */
  readonly gives: boolean;
  /** Whether it fetches artifacts or a cache. */
  readonly takes: boolean;
  /** Whether any text of the job mentions other jobs or their results. */
  readonly asksOthers: boolean;
  /**
   * `none` where it is known to change nothing outside: of known actions and commands only, with no secrets, rights to
   * write or environment. `system-tests` where it also runs tests of a whole system.
   */
  readonly reach: Reach;
  /** Whether it runs tests, which can be spread over several jobs. */
  readonly tests: boolean;
  /** Whether it runs under a condition only: jobs that need it are skipped with it. */
  readonly isConditional: boolean;
  /** Whether it begins with a fresh checkout; without one it works on what stands on the disk of its runner. */
  readonly checksOut: boolean;
  /** `max-parallel` is written. */
  readonly isLimited: boolean;
}

/** Facts of a workflow beside its schedules and jobs. */
export interface WorkflowFacts {
  readonly jobs: readonly JobFacts[];
  /** Whether it has a `concurrency` of any kind. */
  readonly hasConcurrency: boolean;
}

const GIVES = /upload-artifact|actions\/cache|cache-save|upload-pages-artifact|docker push|push:\s*true/i;
const TAKES = /download-artifact|actions\/cache|cache-restore|actions\/deploy-pages/i;
const ASKS_OTHERS =
  /\bneeds\b\s*[.[)]|\bneeds\s*\}|toJSON\(needs\)|\b(success|failure|always|cancelled)\s*\(/;
const SECRETS = /\bsecrets\b|\bgithub\.token\b/;
const KNOWN_SHELLS: readonly unknown[] = [undefined, 'bash', 'sh', 'pwsh'];
const TESTS = /\btest|pytest|jest|vitest|rspec|ctest|playwright|cypress|\bspec\b/i;

/** Facts of a workflow file. Never throws: parts that GitHub would not accept are left out. */
export function readWorkflowFacts(text: string): WorkflowFacts {
  const { document, refusal } = readYaml(text);
  const workflow = document === undefined || refusal !== undefined ? undefined : plainValues(document);
  if (!isRecord(workflow)) return { jobs: [], hasConcurrency: false };
  const jobs = isRecord(workflow.jobs) ? Object.entries(workflow.jobs) : [];
  return {
    jobs: jobs.flatMap(([id, job]) => (isRecord(job) ? [factsOf(id, job, workflow)] : [])),
    hasConcurrency: workflow.concurrency !== undefined,
  };
}

function factsOf(id: string, job: Record<string, unknown>, workflow: Record<string, unknown>): JobFacts {
  // `needs` itself is no mention of other jobs.
  const { needs: _, ...rest } = job;
  const text = JSON.stringify(rest);
  const strategy = isRecord(job.strategy) ? job.strategy : {};
  return {
    id,
    gives: job.outputs !== undefined || GIVES.test(text),
    takes: TAKES.test(text),
    asksOthers: ASKS_OTHERS.test(text) || job.uses !== undefined,
    reach: reachOf(job, workflow),
    tests: TESTS.test(`${id} ${text}`),
    isConditional: job.if !== undefined,
    checksOut: /actions\/checkout@/.test(text) && !/"clean":\s*"?false/.test(text),
    isLimited: strategy['max-parallel'] !== undefined,
  };
}

function reachOf(
  job: Record<string, unknown>,
  { permissions, env, defaults }: Record<string, unknown>,
): Reach {
  const { steps } = job;
  if (job.environment !== undefined || job.uses !== undefined || !Array.isArray(steps)) return 'unknown';
  if (/write/.test(JSON.stringify(job.permissions ?? permissions ?? ''))) return 'unknown';
  if (SECRETS.test(JSON.stringify([job, env]))) return 'unknown';
  const shells = [defaults, job.defaults].map((one) =>
    isRecord(one) && isRecord(one.run) ? one.run.shell : undefined,
  );
  if (!shells.every((shell) => KNOWN_SHELLS.includes(shell))) return 'unknown';
  return farthest(steps.map(reachOfStep));
}

function reachOfStep(step: unknown): Reach {
  if (!isRecord(step) || !KNOWN_SHELLS.includes(step.shell)) return 'unknown';
  if (typeof step.uses === 'string') return reachOfAction(step.uses);
  return typeof step.run === 'string' ? reachOfScript(step.run) : 'unknown';
}
