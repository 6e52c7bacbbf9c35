import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { OffbeatError } from '../errors.ts';
import type { GuardTime } from '../github/guard.ts';
import { readRepository } from '../github/read-repository.ts';
import { RememberedBlobs } from '../github/remembered-blobs.ts';
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
import { startingWhatIsKept } from '../usecases/on-time/starting-what-is-kept.ts';
import type { Store } from '../usecases/ports.ts';
import type { Inputs } from './inputs.ts';
import type { ActionIo } from './io.ts';
import { actionLog } from './log.ts';
import type { Surroundings } from './surroundings.ts';

/** Other runs that may be quicker, one after another. */
const MOST_TRIES = 5;
/** Reports that are learned at once; the others wait for the next time. */
const MOST_REPORTS = 500;
/** Requests that keeping the state takes: it is read once more and written anew where reports came meanwhile. */
const CALLS_TO_KEEP = 20;
/** A job is paid by the minute; what is not kept is only read again. */
const LONGEST_WAIT_MS = 5 * MINUTE_MS;

/** What a step runs with. */
export interface Step {
  readonly io: ActionIo;
  readonly clock: Clock;
  readonly inputs: Inputs;
  readonly surroundings: Surroundings;
  /** By what requests wait; the machine's own time where left out. */
  readonly time?: GuardTime | undefined;
  /** Requests to GitHub. */
  readonly mostCalls: number;
}

/** A step that knows its repository and where the state lies. */
export interface ConnectedStep extends Step {
  readonly github: TokenGitHub;
  readonly seen: SeenRepository;
  readonly branch: StateBranch;
  readonly blobs: RememberedBlobs;
}

/** What a piece of work may reach; what it changes in the store is kept afterwards. */
export interface Session extends ConnectedStep {
  readonly context: Context;
  /** True where nothing was kept before, or nothing of it could be used. */
  readonly isNew: boolean;
  /** Where reading runs begins (epoch ms); set to where it begins next time. */
  readFrom: number | null;
  /** Reports of runs, by their path on the branch. */
  readonly inbox: ReadonlyMap<string, string>;
  /** Paths of those that need be read no more; they leave the branch when the work is kept. */
  readonly taken: Set<string>;
}

/** Asks GitHub for the repository. Throws `github-refused` where the token may not read it. */
export async function connectStep(step: Step): Promise<ConnectedStep> {
  const { inputs, surroundings } = step;
  const blobs = new RememberedBlobs();
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
 * Does a piece of work on the state of the branch and puts the new state in its place. Where another run was quicker,
 * the work is done anew on what that one has kept. A run of a pull request keeps nothing. What was done before GitHub
 * asked to wait is kept.
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
    /** Puts what is known now onto the branch; false where another run was quicker. */
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
        github: startingWhatIsKept(step.github, async () => keepNow(await files.texts(stateNow()))),
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

/** Share of the ticks of this workflow that a run came for; `null` where the runner does not name the workflow. */
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

/**
 * Work that GitHub interrupts for a while is done next time; what was done is kept. Gives the interruption, where there
 * was one.
 */
async function unlessPaused(io: ActionIo, work: () => Promise<void>): Promise<OffbeatError | null> {
  try {
    await work();
    return null;
  } catch (error) {
    const isPause =
      error instanceof OffbeatError &&
      (error.code === 'github-busy' ||
        error.code === 'github-unreachable' ||
        error.code === 'github-not-yet');
    if (!isPause) throw error;
    io.warning(`${error.sentence} The next run goes on from here.`);
    return error;
  }
}

/**
 * Waits until GitHub takes requests again, to keep what was done. Throws the interruption where that is too long for a
 * job.
 */
async function waitFor({ time }: Step, pause: OffbeatError): Promise<void> {
  const { retryAfterMs = 0 } = pause;
  if (retryAfterMs > LONGEST_WAIT_MS) throw pause;
  await (time?.wait ?? sleep)(retryAfterMs);
}

/** What the branch held when it was read or written last. */
interface KeptState {
  readonly snapshot: BranchSnapshot;
  /** Texts of the state. */
  readonly texts: ReadonlyMap<string, string>;
}

/**
 * Keeps the state, on top of reports that came meanwhile; `null` where another run was quicker. Nothing is written where
 * nothing has changed.
 */
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
