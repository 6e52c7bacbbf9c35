import { parseCron } from '../../src/cron/parse.ts';
import { generateHistory, type HistoryEvent } from '../../src/demo/history.ts';
import type { DemoWorkflow } from '../../src/demo/workflows.ts';
import type { Run } from '../../src/history/run.ts';
import { helpLines } from '../../src/operations/help.ts';
import { OPERATIONS } from '../../src/operations/table.ts';
import { toMarkdown } from '../../src/render/to-markdown.ts';
import { toTerminal } from '../../src/render/to-terminal.ts';
import { memoryStore } from '../../src/store/memory-store.ts';
import type { Context } from '../../src/usecases/context.ts';
import { newProfile, type SeenRepository } from '../../src/usecases/known-repository.ts';
import { noteRun, observeJob, observeRun } from '../../src/usecases/learning/observe-run.ts';
import { touchWorkflows } from '../../src/usecases/learning/read-version.ts';
import { runMaintenance } from '../../src/usecases/maintenance/run-maintenance.ts';
import { planRepository } from '../../src/usecases/planning/plan-repository.ts';
import { followPullRequest } from '../../src/usecases/proposals/follow-pull-request.ts';
import { readWorkflowFiles } from '../../src/workflow/read-repository.ts';
import { addForecasts } from './forecasts.ts';
import { MemoryRepository } from './memory-github.ts';
import type { SetRepository } from './set-workflows.ts';
import { TextCollector, type Texts, terminalText } from './texts.ts';

const DAY_MS = 86_400_000;
/** A Monday. */
const FIRST_DAY = Date.UTC(2026, 5, 1);
/** Planned in observe mode; then asked for proposals, merged or closed, judged, and planned once more. */
const FIRST_ROUND_DAY = 18;
const SUGGEST_DAY = 20;
const MERGE_DAY = 21;
const LAST_DAY = 38;
/** Repositories that share one deployment: what one has shown of GitHub's lateness, the others learn from. */
const PER_DEPLOYMENT = 5;

/** What is asked while the first pull request is open, of what was learned so far. */
const QUESTIONS: readonly (readonly [name: string, input: object])[] = [
  ['report', {}],
  ['explain', {}],
  ['decision', {}],
  ['strategies', {}],
];

/** What is asked at the end besides. */
const LAST_QUESTIONS: typeof QUESTIONS = [
  ...QUESTIONS,
  ['health', {}],
  ['accuracy', {}],
  ['insights', {}],
  ['history', { perPage: 20 }],
  ['batch', {}],
  ['decisions', {}],
  ['proposals', {}],
  ['audit', {}],
];

/** What is asked at last and changes something, in this order. */
const WISHES: readonly (readonly [name: string, input: object])[] = [
  ['evolve', {}],
  ['adapt', {}],
  ['snooze', { span: '7d' }],
  ['undo', {}],
  ['export', {}],
  ['pause', {}],
];

interface Member {
  readonly repository: SetRepository;
  readonly seen: SeenRepository;
  readonly github: MemoryRepository;
  readonly collector: TextCollector;
  readonly seed: number;
}

/**
 * Has repositories live through some weeks by way of the production use cases, on stores and a GitHub in memory, and
 * records what was decided, written, answered and forecast of each. Every third closes its pull request, the others
 * merge it.
 */
export async function recordSets(
  repositories: readonly SetRepository[],
): Promise<ReadonlyMap<string, Texts>> {
  const recorded = new Map<string, Texts>();
  for (let from = 0; from < repositories.length; from += PER_DEPLOYMENT) {
    const members = repositories
      .slice(from, from + PER_DEPLOYMENT)
      .map((repository, place) => memberOf(repository, from + place));
    await live(members);
    for (const { repository, collector } of members) recorded.set(repository.name, collector.texts);
  }
  return recorded;
}

function memberOf(repository: SetRepository, place: number): Member {
  const seen = {
    id: 100 + place,
    installationId: 9,
    owner: 'acme',
    name: repository.name,
    defaultBranch: 'main',
    archived: false,
    fork: false,
    private: place % 2 === 0,
  };
  const files = repository.workflows.map(({ path, text }) => ({ path, text }));
  // Some have an issue that is kept up to date.
  const config = place % 4 === 3 ? 'dashboard: true\n' : '';
  const github = new MemoryRepository(repository.name, files, config);
  return { repository, seen, github, collector: new TextCollector(), seed: 5_000 + place };
}

async function live(members: readonly Member[]): Promise<void> {
  let now = FIRST_DAY;
  const quiet = () => undefined;
  const context: Context = {
    store: memoryStore(
      members.map(({ seen }) => newProfile(seen)),
      FIRST_DAY,
    ),
    github: {
      connect: async ({ name }) => memberNamed(members, name).github.connected(),
    },
    clock: { now: () => now },
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    emergencyStop: false,
    commands: helpLines(OPERATIONS),
  };
  const learn = async (fromDay: number, toDay: number): Promise<void> => {
    for (const { member, event } of eventsOf(members, fromDay, toDay)) {
      now = Math.max(now, event.at);
      await take(context, member, event);
    }
    now = Math.max(now, FIRST_DAY + toDay * DAY_MS);
  };
  const each = async (step: (member: Member, place: number) => Promise<void>): Promise<void> => {
    for (const [place, member] of members.entries()) await step(member, place);
  };
  await learn(0, FIRST_ROUND_DAY);
  await each((member) => planAndTend(context, member));
  await learn(FIRST_ROUND_DAY, SUGGEST_DAY);
  await each(async (member) => {
    await ask(context, member, 'suggested', 'suggest', {});
    await planAndTend(context, member);
    for (const [name, input] of QUESTIONS) await ask(context, member, `day ${SUGGEST_DAY}`, name, input);
  });
  await learn(SUGGEST_DAY, MERGE_DAY);
  await each((member, place) => closePull(context, member, place % 3 !== 2));
  for (let day = MERGE_DAY; day < LAST_DAY; day += 1) {
    await learn(day, day + 1);
    await each(({ seen }) => runMaintenance(context, seen.id));
  }
  await each(async (member) => {
    await planAndTend(context, member);
    for (const [name, input] of LAST_QUESTIONS) await ask(context, member, `day ${LAST_DAY}`, name, input);
    const [workflow] = member.repository.workflows;
    if (workflow !== undefined) {
      await ask(context, member, `day ${LAST_DAY}`, 'predict', { workflow: workflow.path });
    }
    await addForecasts(member.collector, context.store, member.seen.id, now);
    for (const [name, input] of WISHES) await ask(context, member, 'at last', name, input);
    member.github.written.forEach((text, at) => {
      member.collector.add(`written ${String(at + 1).padStart(2, '0')}`, text);
    });
    const state = await context.store.load(member.seen.id);
    state?.decisions.forEach((decision) => {
      member.collector.add(`decision ${decision.id}`, decision);
    });
  });
}

function memberNamed(members: readonly Member[], name: string): Member {
  const found = members.find(({ repository }) => repository.name === name);
  if (found === undefined) throw new Error(`There is no repository ${name}.`);
  return found;
}

/** What happens between two days in all repositories, in the order of time, with the crons that stand there now. */
function eventsOf(
  members: readonly Member[],
  fromDay: number,
  toDay: number,
): readonly { readonly member: Member; readonly event: HistoryEvent }[] {
  const events = members.flatMap((member) =>
    generateHistory({
      workflows: withCrons(member),
      from: FIRST_DAY + fromDay * DAY_MS,
      days: toDay - fromDay,
      headSha: member.github.head,
      defaultBranch: 'main',
      actor: 'maintainer',
      seed: member.seed + 100 * fromDay,
      firstId: member.seed * 10_000_000 + fromDay * 100_000,
    }).map((event) => ({ member, event })),
  );
  return events.sort((a, b) => a.event.at - b.event.at);
}

/** The workflows with the crons of the newest commit. */
function withCrons({ repository, github }: Member): readonly DemoWorkflow[] {
  const files = new Map(readWorkflowFiles(github.files).map((file) => [file.path, file.schedules]));
  return repository.workflows.map((workflow) => ({
    ...workflow,
    schedules:
      files
        .get(workflow.path)
        ?.map(({ cron, timezone }) => ({ cron: cron.trim(), timezone }))
        .filter(({ cron }) => isCron(cron)) ?? [],
  }));
}

/** People write crons that GitHub never runs. */
function isCron(text: string): boolean {
  try {
    parseCron(text);
    return true;
  } catch {
    return false;
  }
}

async function take(context: Context, { seen }: Member, event: HistoryEvent): Promise<void> {
  const { run } = event;
  switch (event.kind) {
    case 'requested':
      // Most of the time the end is all that is told.
      if (run.number % 4 === 0) await noteRun(context, seen, runOf(event, false));
      return;
    case 'completed':
      await observeRun(context, seen, runOf(event, true));
      return;
    case 'job':
      if (run.number % 4 !== 0) return;
      await observeJob(context, seen, {
        id: event.job.id,
        runId: run.id,
        attempt: run.attempt,
        createdAt: Math.round(run.startedAt),
        startedAt: Math.round(event.job.startedAt),
        endedAt: Math.round(event.job.endedAt),
      });
  }
}

/** The run as GitHub tells of it when it begins, or when it has ended: in whole seconds. */
function runOf({ run }: HistoryEvent, ended: boolean): Run {
  const whole = (at: number): number => Math.floor(at / 1_000) * 1_000;
  const [startedAt, endedAt] = [whole(run.startedAt), whole(run.endedAt)];
  return {
    id: run.id,
    attempt: run.attempt,
    workflowId: run.workflowId,
    path: run.path,
    event: run.event,
    headSha: run.headSha,
    headBranch: run.headBranch,
    actor: run.actor,
    createdAt: whole(run.createdAt),
    startedAt,
    endedAt: ended ? endedAt : null,
    conclusion: ended ? run.conclusion : null,
    jobsStartedAt: null,
    jobsEndedAt: null,
    durationSeconds: ended ? (endedAt - startedAt) / 1_000 : null,
    queueSeconds: null,
    scheduleKey: null,
    tick: null,
    ambiguous: false,
  };
}

async function planAndTend(context: Context, { seen }: Member): Promise<void> {
  await planRepository(context, { repositoryId: seen.id, trigger: 'run' });
  await runMaintenance(context, seen.id);
}

/** A person merges or closes the App's pull request on schedules, where one is open; of a merge a push is told too. */
async function closePull(context: Context, { seen, github }: Member, merged: boolean): Promise<void> {
  const pull = github.openPulls.find(({ draft }) => draft.branch === 'offbeat/schedules');
  if (pull === undefined) return;
  const at = context.clock.now();
  const { draft, status } = github.close(pull.number, merged, at);
  await followPullRequest(
    context,
    seen,
    {
      number: pull.number,
      url: `https://github.example/acme/${seen.name}/pull/${pull.number}`,
      author: 'offbeat[bot]',
      body: draft.body,
      branch: draft.branch,
      headSha: status.headSha,
      merged,
      createdAt: at - DAY_MS,
      updatedAt: at,
    },
    { action: 'closed', by: 'maintainer' },
  );
  if (merged) await touchWorkflows(context, seen, github.head);
  await runMaintenance(context, seen.id);
}

/** Asks an operation and records its answer in each form; a refusal is an answer too. */
async function ask(
  context: Context,
  { seen, collector }: Member,
  when: string,
  name: string,
  input: object,
): Promise<void> {
  const operation = OPERATIONS.find((one) => one.name === name);
  if (operation === undefined) throw new Error(`There is no operation ${name}.`);
  try {
    const where = { context, repositoryId: seen.id, actor: 'maintainer' };
    const { data, document } = await operation.answer(input, where);
    collector.add(`${when}/${name}/data`, data);
    collector.add(`${when}/${name}/markdown`, toMarkdown(document));
    collector.add(`${when}/${name}/terminal`, terminalText(name, toTerminal(document)));
  } catch (error) {
    collector.add(`${when}/${name}/refusal`, String(error));
  }
}
