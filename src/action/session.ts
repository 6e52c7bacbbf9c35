import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { OffbeatError } from '../errors.ts';
import { BlobCache } from '../github/blobs.ts';
import { classifyAnswer } from '../github/classify-answer.ts';
import type { GuardTime } from '../github/guard.ts';
import { readRepository } from '../github/read-repository.ts';
import { type BranchSnapshot, createStateBranch, type StateBranch } from '../github/state-branch.ts';
import { createTokenGitHub, type TokenGitHub } from '../github/token-github.ts';
import { helpLines } from '../operations/help.ts';
import { OPERATIONS } from '../operations/table.ts';
import { UNMEASURED } from '../scorecard/own-work.ts';
import { scheduledShare } from '../scorecard/scheduled-steps.ts';
import {
  INBOX_FOLDER,
  openStateFiles,
  STATE_FOLDER,
  STATE_PATHS,
  type StateFiles,
} from '../store/state-files.ts';
import { MINUTE_MS } from '../time.ts';
import type { Context } from '../usecases/context.ts';
import type { SeenRepository } from '../usecases/known-repository.ts';
import { newestVersion } from '../usecases/learning/schedule-version.ts';
import { withDurableIntents } from '../usecases/on-time/durable-intents.ts';
import type { Store } from '../usecases/ports.ts';
import { failureSentence } from './failure-sentence.ts';
import type { Inputs } from './inputs.ts';
import type { ActionIo } from './io.ts';
import { actionLog } from './log.ts';
import type { Surroundings } from './surroundings.ts';

/** How often the work is done at most, while each time another run writes its state first. */
const MOST_TRIES = 5;
/** Most reports that one run learns; the next run learns the others. */
const MOST_REPORTS = 500;
/** Requests reserved for writing the state: where reports arrive meanwhile, it is read and written once more. */
const CALLS_TO_KEEP = 20;
/** Longer waits cost more, as jobs are billed by the minute, than reading the lost state again. */
const LONGEST_WAIT_MS = 5 * MINUTE_MS;

/** The surroundings and limits of a step. */
export interface Step {
  readonly io: ActionIo;
  readonly clock: Clock;
  readonly inputs: Inputs;
  readonly surroundings: Surroundings;
  /** The waits between requests to GitHub; real waits where left out. */
  readonly time?: GuardTime | undefined;
  /** Most requests to GitHub. */
  readonly mostCalls: number;
}

/** A step that knows its repository and its state branch. */
export interface ConnectedStep extends Step {
  readonly github: TokenGitHub;
  readonly seen: SeenRepository;
  readonly branch: StateBranch;
  readonly blobs: BlobCache;
}

/** A step with its state. Changes in the store are written to the state branch at the end. */
export interface Session extends ConnectedStep {
  readonly context: Context;
  /** True where nothing was kept before, or nothing of it could be used. */
  readonly isNew: boolean;
  /** Where reading runs begins (epoch ms); set to where it begins next time. */
  readFrom: number | null;
  /** Reports of runs, by their path on the branch. */
  readonly inbox: ReadonlyMap<string, string>;
  /** Paths of reports that are done with; they are removed from the branch when the state is written. */
  readonly taken: Set<string>;
}

/** Asks GitHub for the repository. Throws `github-refused` where the token may not read it. */
export async function connectStep(step: Step): Promise<ConnectedStep> {
  const { inputs, surroundings } = step;
  const blobs = new BlobCache();
  const github = createTokenGitHub({
    token: inputs.token,
    baseUrl: surroundings.apiUrl,
    blobs,
    config: inputs.config,
    mostCalls: step.mostCalls - CALLS_TO_KEEP,
    time: step.time,
  });
  const name = { owner: surroundings.owner, repo: surroundings.name };
  const { seen, nodeId } = await readRepository(github.client, name);
  const branch = createStateBranch({
    client: github.client,
    name,
    nodeId,
    branch: inputs['state-branch'],
    folder: STATE_FOLDER,
  });
  return { ...step, github, seen, branch, blobs };
}

/**
 * Does a piece of work on the state of the branch, and writes the new state there. Where another run writes first, the
 * work is done anew on its state. A run of a pull request writes nothing. Where GitHub asks to wait, what was done
 * until then is written.
 */
export async function inSession(
  step: ConnectedStep,
  work: (session: Session) => Promise<void>,
): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const snapshot = await step.branch.snapshot();
    const outcome = await doOnce(step, snapshot, work);
    if (outcome !== 'overtaken') return;
    if (tries === MOST_TRIES) {
      throw new OffbeatError('too-busy', `Other runs were quicker ${MOST_TRIES} times; nothing was kept.`, {
        where: `branch ${step.inputs['state-branch']}`,
        fix: 'Give the workflow a `concurrency` group. The next run does this work.',
      });
    }
    step.io.info('Another run has kept its state meanwhile; starting anew from it.');
  }
}

async function doOnce(
  step: ConnectedStep,
  snapshot: BranchSnapshot,
  work: (session: Session) => Promise<void>,
): Promise<'done' | 'overtaken'> {
  const { branch, io, clock, seen, surroundings } = step;
  const log = actionLog(io);
  const inboxPaths = [...snapshot.blobs.keys()]
    .filter((path) => path.startsWith(`${INBOX_FOLDER}/`))
    .slice(0, MOST_REPORTS);
  const texts = await branch.texts(snapshot, STATE_PATHS);
  const inbox = await branch.texts(snapshot, inboxPaths);
  const taken = new Set<string>();
  const files = await openStateFiles(texts, seen.id, { temporary: surroundings.temporary, log, clock });
  try {
    sayWhatIsMissing(step, snapshot, files);
    step.blobs.add(files.state.blobs);
    let before: KeptState = { snapshot, texts };
    /** Writes the current state to the branch; false where another run has written first. */
    const keepNow = async (written: ReadonlyMap<string, string>): Promise<boolean> => {
      const useless = files.damage.length === 0 ? [] : STATE_PATHS.filter((path) => !written.has(path));
      const after = await keep(branch, before, { written, removed: [...taken, ...useless] });
      before = after ?? before;
      return after !== null;
    };
    const stateNow = () => ({ version: 1, readFrom: session.readFrom, blobs: step.blobs.kept() }) as const;
    const session: Session = {
      ...step,
      context: {
        store: files.store,
        github: withDurableIntents(step.github, async () => keepNow(await files.texts(stateNow()))),
        clock,
        log,
        emergencyStop: false,
        commands: helpLines(OPERATIONS),
        deploymentWork: async () => ({
          ...UNMEASURED,
          uptime: await stepsThatRan(files.store, seen.id, surroundings.workflowPath, clock.now()),
        }),
      },
      isNew: texts.size === 0 || files.damage.length > 0,
      readFrom: files.state.readFrom,
      inbox,
      taken,
    };
    const paused = await unlessPaused(io, () => work(session));
    const written = await files.close(stateNow());
    if (surroundings.isOfPullRequest) return 'done';
    if (paused !== null) await waitFor(step, paused);
    step.github.allowUpTo(step.mostCalls);
    return (await keepNow(written)) ? 'done' : 'overtaken';
  } finally {
    await files.remove();
  }
}

/** Share of this workflow's ticks that have a run; `null` where the runner does not name the workflow. */
async function stepsThatRan(
  store: Store,
  repositoryId: number,
  path: string | undefined,
  now: number,
): Promise<number | null> {
  const state = await store.load(repositoryId);
  if (state === undefined || path === undefined) return null;
  const isOwn = (one: { readonly path: string }): boolean => one.path === path;
  const schedules = newestVersion(state.scheduleVersions)?.entries.filter(isOwn) ?? [];
  return scheduledShare(schedules, [...state.runs].filter(isOwn), now);
}

function sayWhatIsMissing(
  { io, inputs }: ConnectedStep,
  snapshot: BranchSnapshot,
  { damage }: StateFiles,
): void {
  const branch = inputs['state-branch'];
  if (snapshot.head === null) {
    io.notice(`There is no branch ${branch}: what GitHub still lists of past runs is learned anew.`);
  }
  if (damage.length > 0) {
    io.warning(
      `What lies on the branch ${branch} cannot be used, so past runs are learned anew: ${damage.join(' ')}`,
    );
  }
}

/** Does the work. Where GitHub interrupts it for a while, warns, and returns that error: the next run goes on. */
async function unlessPaused(io: ActionIo, work: () => Promise<void>): Promise<OffbeatError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (!isPause(error)) throw error;
    io.warning(`${failureSentence(error)} The next run goes on from here.`);
    return error instanceof OffbeatError ? error : null;
  }
}

function isPause(error: unknown): boolean {
  if (!(error instanceof OffbeatError)) return classifyAnswer(error, Date.now()).kind === 'again-soon';
  return (
    error.code === 'github-busy' || error.code === 'github-unreachable' || error.code === 'github-not-yet'
  );
}

/** Waits until GitHub takes requests again, to write the state. Throws `pause` where that is too long for a job. */
async function waitFor({ time }: Step, pause: OffbeatError): Promise<void> {
  const { retryAfterMs = 0 } = pause;
  if (retryAfterMs > LONGEST_WAIT_MS) throw pause;
  await (time?.wait ?? sleep)(retryAfterMs);
}

/** The contents of the branch when it was last read or written. */
interface KeptState {
  readonly snapshot: BranchSnapshot;
  readonly texts: ReadonlyMap<string, string>;
}

/** Writes the state on top of reports that arrived meanwhile; `null` where another run has written its state first. */
async function keep(
  branch: StateBranch,
  before: KeptState,
  change: { readonly written: ReadonlyMap<string, string>; readonly removed: readonly string[] },
): Promise<KeptState | null> {
  const changed = new Map([...change.written].filter(([path, text]) => before.texts.get(path) !== text));
  const removed = new Set(change.removed.filter((path) => before.snapshot.blobs.has(path)));
  const texts = new Map([...before.texts, ...changed]);
  if (changed.size === 0 && removed.size === 0) return before;
  for (let onto = before.snapshot; ; ) {
    const snapshot = await branch.replace(onto, { written: changed, removed });
    if (snapshot !== null) return { snapshot, texts };
    onto = await branch.snapshot();
    const isOurs = STATE_PATHS.every((path) => onto.blobs.get(path) === before.snapshot.blobs.get(path));
    if (!isOurs) return null;
  }
}
