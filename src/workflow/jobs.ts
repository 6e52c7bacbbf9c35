import type { Job } from './schedule.ts';

/** Jobs of a workflow given as plain values; parts of another form than GitHub's are left out. */
export function jobsOf(workflow: unknown): Job[] {
  const jobs = isRecord(workflow) ? workflow.jobs : undefined;
  if (!isRecord(jobs)) return [];
  return Object.entries(jobs).flatMap(([id, job]) => (isRecord(job) ? [readJob(id, job)] : []));
}

/** The workflow's `concurrency` group where it is a constant. */
export function concurrencyGroupOf(workflow: unknown): string | null {
  const concurrency = isRecord(workflow) ? workflow.concurrency : undefined;
  const group = isRecord(concurrency) ? concurrency.group : concurrency;
  return typeof group === 'string' && !isExpression(group) ? group : null;
}

function readJob(id: string, job: Record<string, unknown>): Job {
  const timeout = job['timeout-minutes'];
  const uses = job.uses;
  const { name } = job;
  return {
    id,
    ...(typeof name === 'string' && name !== '' ? { name } : {}),
    needs: textsOf(job.needs),
    width: widthOf(job.strategy),
    runsOn: runsOn(job['runs-on']),
    timeoutMinutes: typeof timeout === 'number' && timeout >= 0 ? timeout : null,
    uses: typeof uses === 'string' ? uses : null,
  };
}

function runsOn(value: unknown): string[] {
  const labels = isRecord(value) ? textsOf(value.labels) : textsOf(value);
  return labels.some(isExpression) ? [] : labels;
}

/** GitHub generates at most this many jobs from one matrix. */
const MAX_MATRIX_JOBS = 256;

/** Far more axes, or rules, than anybody writes; each one makes combining them slower. */
const MAX_MATRIX_AXES = 50;
const MAX_MATRIX_RULES = 1000;

function widthOf(strategy: unknown): number | null {
  if (!isRecord(strategy)) return isExpression(strategy) ? null : 1;
  const size = matrixSize(strategy.matrix);
  if (size === null) return null;
  const atOnce = strategy['max-parallel'];
  return typeof atOnce === 'number' && atOnce >= 1 ? Math.min(size, Math.floor(atOnce)) : size;
}

type Combination = Readonly<Record<string, unknown>>;

/** Number of jobs of a matrix, 1 where there is none; `null` where it comes from an expression. */
function matrixSize(matrix: unknown): number | null {
  if (matrix === undefined || matrix === null) return 1;
  if (!isRecord(matrix)) return null;
  const { include = [], exclude = [], ...axes } = matrix;
  if (!Array.isArray(include) || !Array.isArray(exclude)) return null;
  const names = Object.keys(axes);
  if (names.length > MAX_MATRIX_AXES || exclude.length > MAX_MATRIX_RULES) return null;
  if (include.length > MAX_MATRIX_JOBS) return MAX_MATRIX_JOBS;
  let combinations: Combination[] = names.length === 0 ? [] : [{}];
  for (const name of names) {
    const values = axes[name];
    if (!Array.isArray(values)) return null;
    if (combinations.length * values.length > MAX_MATRIX_JOBS) return MAX_MATRIX_JOBS;
    combinations = combinations.flatMap((made) =>
      values.map((value: unknown) => ({ ...made, [name]: value })),
    );
  }
  const kept = combinations.filter((made) => !exclude.some((rule) => isRecord(rule) && agrees(rule, made)));
  // An `include` extends the combinations that agree with it on the axes; where none does it is a job of its own.
  const added = include.filter(
    (extra) => isRecord(extra) && !kept.some((made) => agrees(pick(extra, names), made)),
  );
  return Math.min(kept.length + added.length, MAX_MATRIX_JOBS);
}

function pick(record: Combination, names: readonly string[]): Combination {
  return Object.fromEntries(Object.entries(record).filter(([name]) => names.includes(name)));
}

function agrees(part: Combination, whole: Combination): boolean {
  return Object.entries(part).every(([name, value]) => JSON.stringify(value) === JSON.stringify(whole[name]));
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isExpression(value: unknown): boolean {
  return typeof value === 'string' && value.includes('${{');
}

function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}
