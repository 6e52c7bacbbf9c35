import { parse } from 'yaml';
import type { Clock } from '../clock.ts';
import { MINUTE_MS } from '../time.ts';
import { declaredInputs } from '../workflow/dispatch-worlds.ts';
import { readWorkflowSource } from '../workflow/read.ts';
import {
  EmulatedRuns,
  type RunGroup,
  type RunPace,
  type RunState,
  type StartedRun,
} from './emulated-runs.ts';
import {
  type Answer,
  type Exchange,
  isSuccess,
  loginOf,
  NOT_FOUND,
  ok,
  refusal,
  type Upstream,
} from './exchange.ts';
import type { HookDeliveries } from './hook-deliveries.ts';
import { asJson, asList, isJson, type Json, textAt } from './json.ts';
import {
  type DemoRun,
  iso,
  jobView,
  type PayloadContext,
  personOf,
  runView,
  workflowRunPayload,
  workflowView,
} from './payloads.ts';
import type { RunRegistry } from './run-registry.ts';

/*
 * GitHub Actions as far as a dispatcher sees it: who may start what, with which words it is refused, when the run
 * exists, when lists show it, and what concurrency makes of it. Sources: GitHub's REST description, its documentation,
 * and reports of users.
 */

/** What can be wrong with a repository. */
export interface RepositoryCondition {
  readonly archived?: boolean;
  /** Actions are switched off in its settings. */
  readonly actionsDisabled?: boolean;
}

/** What can be wrong with a workflow. */
export interface WorkflowCondition {
  readonly state?: 'active' | 'disabled_manually' | 'disabled_inactivity';
  /** GitHub still takes the file for one without `workflow_dispatch`, as it does for hours after some edits. */
  readonly staleTriggers?: boolean;
}

/** What goes wrong with a dispatch that is in order. */
export type DispatchMishap =
  /** The run comes into being and the answer is 500. */
  | 'started-but-500'
  /** The answer is success and no run ever comes. */
  | 'accepted-but-lost';

/** Durations of a GitHub with little to do. */
const QUICK: RunPace = {
  creationMs: 2000,
  listLagMs: 1000,
  queueMs: 3000,
  setUpMs: 2000,
  durationMs: MINUTE_MS,
  stopMs: 10_000,
  conclusion: 'success',
};

/** Above this many runs of a repository in ten seconds, GitHub drops new ones. */
const MAX_RUNS = 500;
const RUNS_WINDOW_MS = 10_000;

/** Ids far above those of recorded runs. */
const FIRST_RUN_ID = 9_000_000_001;

/** Keys that the endpoint takes; servers before 3.21 do not know the last. */
const DISPATCH_KEYS: ReadonlySet<string> = new Set(['ref', 'inputs', 'return_run_details']);

interface WorkflowEntry {
  readonly id: number;
  readonly path: string;
}

export interface ActionsOptions {
  readonly upstream: Upstream;
  readonly hooks: HookDeliveries;
  readonly runs: RunRegistry;
  readonly clock: Clock;
  /** The installation on an account, by its name. */
  readonly installationIdOf: (owner: string) => number;
  readonly appSlug: string;
  /** Whether the installation has accepted `actions: write`. */
  readonly mayStartRuns: boolean;
}

/** The part of the emulated GitHub that starts and stops runs. */
export class EmulatedActions {
  readonly #options: ActionsOptions;
  readonly #runs: EmulatedRuns;
  readonly #repositories = new Map<string, RepositoryCondition>();
  readonly #workflows = new Map<string, WorkflowCondition>();
  readonly #ids = new Map<string, number>();
  readonly #views = new Map<string, Json>();
  readonly #mishaps: DispatchMishap[] = [];
  #pace = QUICK;
  readonly #paces = new Map<string, Partial<RunPace>>();
  #isOldServer = false;
  #nextRunId = FIRST_RUN_ID;

  constructor(options: ActionsOptions) {
    this.#options = options;
    this.#runs = new EmulatedRuns((state, at) => this.#tell(state, at));
  }

  /** How long things take from now on, in all repositories or in one (`owner/name`). */
  pace(pace: Partial<RunPace>, repository: string | null = null): void {
    if (repository === null) this.#pace = { ...this.#pace, ...pace };
    else this.#paces.set(repository, { ...this.#paces.get(repository), ...pace });
  }

  /** Answers as GitHub Enterprise Server before 3.21, which does not know `return_run_details`. */
  becomeOldServer(): void {
    this.#isOldServer = true;
  }

  /** The next dispatches that are in order end so, one each. */
  spoilNext(...mishaps: readonly DispatchMishap[]): void {
    this.#mishaps.push(...mishaps);
  }

  /** `repository` is `owner/name`. */
  setRepository(repository: string, condition: RepositoryCondition): void {
    this.#repositories.set(repository, { ...this.#repositories.get(repository), ...condition });
  }

  setWorkflow(repository: string, path: string, condition: WorkflowCondition): void {
    const key = `${repository}/${path}`;
    this.#workflows.set(key, { ...this.#workflows.get(key), ...condition });
  }

  #stateOf(repository: string, path: string): string {
    return this.#workflows.get(`${repository}/${path}`)?.state ?? 'active';
  }

  /** A workflow as the API shows it. */
  view(repository: string, { id, path }: WorkflowEntry): Json {
    return {
      ...workflowView({ id, name: path.split('/').at(-1) ?? '', path }, apiUrlOf(repository)),
      state: this.#stateOf(repository, path),
      html_url: `https://github.com/${repository}/blob/main/${path}`,
    };
  }

  /** Started runs, as they stand now. */
  get started(): readonly RunState[] {
    this.advance();
    return this.#runs.all.filter(({ phase }) => phase !== 'asked');
  }

  /** When something happens to a run next, epoch ms; infinite where nothing will. */
  nextAt(): number {
    return this.#runs.nextAt();
  }

  /** Lets happen what is due by the clock. */
  advance(): void {
    this.#runs.advance(this.#options.clock.now());
  }

  /** A run that nobody has dispatched, such as by GitHub's own scheduler; exists at once. */
  async startByEvent(
    repository: string,
    path: string,
    event: 'schedule' | 'push',
    actor: string,
  ): Promise<number> {
    const text = await this.#fileText(repository, path, 'main');
    const workflow = { id: this.#idOf(repository, path), path };
    return this.#start(repository, workflow, text ?? '', { event, actor, headBranch: 'main', inputs: {} }, 0);
  }

  /** Workflow files of the default branch with their ids, in the order in which they were first seen. */
  async workflowsOf(repository: string): Promise<readonly WorkflowEntry[]> {
    const found = await this.#options.upstream('GET', `/repos/${repository}/contents/.github/workflows`);
    return asList(found.body).map((file) => {
      const path = textAt(file, 'path');
      return { id: this.#idOf(repository, path), path };
    });
  }

  /** By id, or by the name of the file. */
  async findWorkflow(repository: string, name: string): Promise<WorkflowEntry | undefined> {
    const wanted = decodeURIComponent(name);
    const all = await this.workflowsOf(repository);
    return all.find(({ id, path }) => String(id) === wanted || path.split('/').at(-1) === wanted);
  }

  /** `POST …/workflows/{name}/dispatches`. */
  async dispatch(exchange: Exchange, repository: string, name: string): Promise<Answer> {
    this.advance();
    const forbidden = this.#whyForbidden(exchange, repository);
    if (forbidden !== undefined) return forbidden;
    const unknown = Object.keys(exchange.body).find(
      (key) => !DISPATCH_KEYS.has(key) || (this.#isOldServer && key === 'return_run_details'),
    );
    if (unknown !== undefined) return refusal(400, `"${unknown}" is not a permitted key.`);
    const workflow = await this.findWorkflow(repository, name);
    if (workflow === undefined) return NOT_FOUND;
    const headBranch = textAt(exchange.body, 'ref').replace(/^refs\/heads\//, '');
    const text = await this.#fileText(repository, workflow.path, headBranch);
    if (text === undefined) return refusal(422, `No ref found for: ${textAt(exchange.body, 'ref')}`);
    const refused = this.#whyRefused(repository, workflow.path, text, exchange.body);
    if (refused !== undefined) return refusal(422, refused);
    const inputs = Object.fromEntries(
      Object.entries(asJson(exchange.body.inputs)).map(([key, value]) => [key, String(value)]),
    );
    const actor = loginOf(exchange, this.#options.appSlug);
    const started = { event: 'workflow_dispatch', actor, headBranch, inputs } as const;
    const mishap = this.#mishaps.shift();
    const isLost = mishap === 'accepted-but-lost' || this.#isFull(repository);
    const id = isLost
      ? this.#takeRunId()
      : await this.#start(repository, workflow, text, started, this.#paceOf(repository).creationMs);
    if (mishap === 'started-but-500') return refusal(500, 'Failed to run workflow dispatch');
    if (exchange.body.return_run_details !== true) return { status: 204, body: undefined };
    const run_url = `${apiUrlOf(repository)}/actions/runs/${id}`;
    return ok({ workflow_run_id: id, run_url, html_url: pageOf(repository, id) });
  }

  /** `POST …/runs/{id}/cancel`. */
  cancel(exchange: Exchange, repository: string, id: number): Answer {
    this.advance();
    const forbidden = this.#whyForbidden(exchange, repository);
    if (forbidden !== undefined) return forbidden;
    const isKnown = this.#runs.find(id) !== undefined || this.#options.runs.run(id) !== undefined;
    if (!isKnown) return NOT_FOUND;
    if (this.#runs.cancel(id, this.#options.clock.now())) return { status: 202, body: {} };
    return refusal(409, 'Cannot cancel a workflow run that is completed.');
  }

  #whyForbidden({ caller }: Exchange, repository: string): Answer | undefined {
    if (caller.kind === 'installation' && !this.#options.mayStartRuns)
      return refusal(403, 'Resource not accessible by integration');
    if (caller.kind === 'person') {
      if (caller.role === 'none') return NOT_FOUND;
      if (caller.role === 'read') return refusal(403, 'Must have admin rights to Repository.');
    }
    return this.#repositories.get(repository)?.archived === true
      ? refusal(403, 'Repository was archived so is read-only.')
      : undefined;
  }

  /** GitHub's words for a dispatch that it does not take. */
  #whyRefused(repository: string, path: string, text: string, body: Json): string | undefined {
    if (this.#repositories.get(repository)?.actionsDisabled === true)
      return 'Actions has been disabled for this repository.';
    if (this.#stateOf(repository, path) !== 'active')
      return "Cannot trigger a 'workflow_dispatch' on a disabled workflow";
    const read = readWorkflowSource(path, text);
    const isStale = this.#workflows.get(`${repository}/${path}`)?.staleTriggers === true;
    if (isStale || !read.file.otherTriggers.includes('workflow_dispatch'))
      return "Workflow does not have 'workflow_dispatch' trigger";
    const declared = declaredInputs(read);
    const given = Object.keys(asJson(body.inputs)).map((name) => name.toLowerCase());
    const unexpected = given.filter((name) => !declared.some((one) => one.name === name));
    if (unexpected.length > 0) return `Unexpected inputs provided: ${JSON.stringify(unexpected)}`;
    const missing = declared.find(({ name, required }) => required && !given.includes(name));
    return missing === undefined ? undefined : `Required input '${missing.name}' not provided`;
  }

  #isFull(repository: string): boolean {
    const since = this.#options.clock.now() - RUNS_WINDOW_MS;
    const isRecent = ({ run }: RunState) => run.repository === repository && run.createdAt > since;
    return this.#runs.all.filter(isRecent).length >= MAX_RUNS;
  }

  async #start(
    repository: string,
    { id: workflowId, path }: WorkflowEntry,
    text: string,
    given: Pick<StartedRun, 'event' | 'actor' | 'headBranch' | 'inputs'>,
    creationMs: number,
  ): Promise<number> {
    const { upstream, clock } = this.#options;
    const tip = await upstream('GET', `/repos/${repository}/git/ref/heads/${given.headBranch}`);
    this.#views.set(repository, asJson((await upstream('GET', `/repos/${repository}`)).body));
    const { name } = readWorkflowSource(path, text).file;
    const id = this.#takeRunId();
    this.#runs.start({
      ...given,
      id,
      number: this.#runs.all.filter(({ run }) => run.workflowId === workflowId).length + 1,
      repository,
      path,
      name,
      workflowId,
      headSha: textAt(tip.body, 'object', 'sha'),
      group: groupOf(text, { workflow: name, id, ...given }),
      createdAt: clock.now() + creationMs,
      pace: this.#paceOf(repository),
    });
    this.advance();
    return id;
  }

  #paceOf(repository: string): RunPace {
    return { ...this.#pace, ...this.#paces.get(repository) };
  }

  #takeRunId(): number {
    const id = this.#nextRunId;
    this.#nextRunId += 1;
    return id;
  }

  #idOf(repository: string, path: string): number {
    const key = `${repository}/${path}`;
    const before = [...this.#ids.keys()].filter((one) => one.startsWith(`${repository}/`)).length;
    const id = this.#ids.get(key) ?? before + 1;
    this.#ids.set(key, id);
    return id;
  }

  /** `undefined` where there is no such branch, or no such file on it. */
  async #fileText(repository: string, path: string, branch: string): Promise<string | undefined> {
    const found = await this.#options.upstream(
      'GET',
      `/repos/${repository}/contents/${path}?ref=${encodeURIComponent(branch)}`,
    );
    if (!isSuccess(found)) return undefined;
    return Buffer.from(textAt(found.body, 'content'), 'base64').toString('utf8');
  }

  /** Puts the run into the API's lists, and sends its webhook. */
  #tell(state: RunState, at: number): void {
    const { run, phase } = state;
    const action = phase === 'completed' || phase === 'in_progress' ? phase : 'requested';
    const shown: DemoRun = {
      ...run,
      attempt: 1,
      startedAt: run.createdAt,
      endedAt: state.endedAt ?? at,
      conclusion: state.conclusion ?? 'success',
      jobs: [],
    };
    const context: PayloadContext = {
      repository: this.#views.get(run.repository) ?? {},
      installationId: this.#options.installationIdOf(run.repository.slice(0, run.repository.indexOf('/'))),
      apiUrl: apiUrlOf(run.repository),
      sender: personOf(run.actor),
    };
    const view = { ...runView(action, shown, context), status: phase };
    this.#options.runs.record(view, jobsOf(state, shown, context), run.createdAt + run.pace.listLagMs);
    // Of a run that waits for its group, the webhook came when it was created.
    if (phase === 'queued' && state.queuedAt !== run.createdAt) return;
    this.#options.hooks.raise('workflow_run', workflowRunPayload(action, shown, context));
  }
}

function apiUrlOf(repository: string): string {
  return `https://api.github.com/repos/${repository}`;
}

/** Where a person sees a run. */
function pageOf(repository: string, id: number): string {
  return `https://github.com/${repository}/actions/runs/${id}`;
}

/** The only job, as the API shows it: none while the run waits for its group. */
function jobsOf(
  { run, phase, startedAt, endedAt, queuedAt, conclusion }: RunState,
  shown: DemoRun,
  context: PayloadContext,
): readonly Json[] {
  if (queuedAt === null) return [];
  const begun = startedAt === null ? null : startedAt + run.pace.setUpMs;
  const hasStep = begun !== null && (endedAt === null || begun <= endedAt);
  const isOver = phase === 'completed';
  const end = {
    conclusion: isOver ? conclusion : null,
    completed_at: endedAt === null ? null : iso(endedAt),
  };
  const step = {
    name: 'Run make',
    number: 1,
    status: isOver ? 'completed' : 'in_progress',
    started_at: begun === null ? null : iso(begun),
    ...end,
  };
  const job = {
    id: run.id * 10,
    name: 'build',
    startedAt: startedAt ?? queuedAt,
    endedAt: endedAt ?? queuedAt,
  };
  const noRunner = { runner_id: null, runner_name: null, runner_group_id: null, runner_group_name: null };
  return [
    {
      ...jobView(shown, job, context),
      ...end,
      node_id: `CR_${run.id}`,
      status: phase,
      created_at: iso(queuedAt),
      steps: hasStep ? [step] : [],
      ...(startedAt === null ? noRunner : {}),
    },
  ];
}

/** The workflow's own group, with the contexts that groups are made of put in. */
function groupOf(
  text: string,
  run: Pick<StartedRun, 'id' | 'event' | 'headBranch'> & { readonly workflow: string },
): RunGroup | null {
  const concurrency = asJson(parse(text)).concurrency;
  const written = isJson(concurrency) ? concurrency.group : concurrency;
  if (typeof written !== 'string') return null;
  const contexts: Readonly<Record<string, string>> = {
    'github.workflow': run.workflow,
    'github.ref': `refs/heads/${run.headBranch}`,
    'github.ref_name': run.headBranch,
    'github.event_name': run.event,
    'github.run_id': String(run.id),
  };
  const name = written.replace(/\$\{\{\s*([\w.]+)\s*\}\}/g, (whole, path: string) => contexts[path] ?? whole);
  return {
    name,
    cancelsRunning: isJson(concurrency) && concurrency['cancel-in-progress'] === true,
    queues: isJson(concurrency) && concurrency.queue === 'max',
  };
}
