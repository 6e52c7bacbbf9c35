import { OffbeatError } from '../errors.ts';
import { dueAgain, heldOff, withoutRefusal, withRefusal } from '../proposal/refusal-records.ts';
import type { Context } from './context.ts';
import { changeProfile } from './known-repository.ts';

/** Pieces of work that GitHub may refuse without any harm to the others. */
export type Task =
  | 'repository'
  | 'configuration'
  | 'workflow files'
  | 'files that workflows run'
  | 'workflow states'
  | 'activity'
  | 'on time'
  | 'runs on time'
  | 'past runs'
  | 'missing runs'
  | 'times of runs'
  | 'planning'
  | 'proposal'
  | 'copies of crons'
  | 'on-time proposal'
  | 'jobs proposal'
  | 'labels and people'
  | 'people to mention'
  | 'revision'
  | 'withdrawal'
  | 'verdict'
  | 'rollback'
  | 'notice'
  | 'onboarding'
  | 'dashboard'
  | 'scorecard'
  | 'config check'
  | 'check'
  | 'answer'
  | 'pull requests'
  | 'reactions'
  | 'maintenance';

/** A piece of work, told apart by the issue or pull request that it is about, or one kind of event. */
export type TaskKey = Task | `${Task} #${number}` | `event ${string}`;

/** What became of a piece of work. */
export type Attempt<T> =
  | { readonly kind: 'done'; readonly value: T }
  /** `error` is `null` where it was not tried, as it was refused within a day. */
  | { readonly kind: 'refused'; readonly sentence: string; readonly error: OffbeatError | null };

/**
 * Does one piece of work that stands by itself. A refusal of GitHub ends only this piece: it is recorded, and the piece
 * waits a day, until something has changed, or somebody has `asked` for it. Throws everything else.
 */
export async function unlessRefused<T>(
  context: Context,
  repositoryId: number,
  task: TaskKey,
  work: () => Promise<T>,
  { asked = false }: { readonly asked?: boolean } = {},
): Promise<Attempt<T>> {
  const refusals = (await context.store.load(repositoryId))?.profile.refusals ?? {};
  const standing = asked ? undefined : heldOff(refusals, task, context.clock.now());
  if (standing !== undefined) return { kind: 'refused', sentence: standing.sentence, error: null };
  try {
    const value = await work();
    if (refusals[task] !== undefined) await takeBack(context, repositoryId, task);
    return { kind: 'done', value };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    await recordRefusal(context, repositoryId, task, error);
    return { kind: 'refused', sentence: error.sentence, error };
  }
}

/** True for what GitHub refuses until a person has changed something. */
export function isRefusal(error: unknown): error is OffbeatError {
  return (
    error instanceof OffbeatError && (error.code === 'github-refused' || error.code === 'permission-missing')
  );
}

/** What is read; `null` where GitHub refuses to show it, of which `onRefused` is told. */
export async function unlessHidden<T>(
  onRefused: (refusal: OffbeatError) => void,
  read: () => Promise<T>,
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!isRefusal(error)) throw error;
    onRefused(error);
    return null;
  }
}

/** Remembers what GitHub has refused. Of a repository that is not known it is only logged. */
export async function recordRefusal(
  context: Context,
  repositoryId: number,
  task: TaskKey,
  { code, sentence }: Pick<OffbeatError, 'code' | 'sentence'>,
): Promise<void> {
  context.log.warn({ repositoryId, task, code }, 'GitHub has refused a piece of work');
  const at = context.clock.now();
  await changeProfile(context, repositoryId, (profile) => ({
    ...profile,
    refusals: withRefusal(profile.refusals, task, { at, sentence }),
  }));
}

/** Does work that goes on without what GitHub refuses to show. The refusals of `onRefused` replace those on record. */
export async function notingRefusals<T>(
  context: Context,
  repositoryId: number,
  task: TaskKey,
  work: (onRefused: (refusal: OffbeatError) => void) => Promise<T>,
): Promise<T> {
  const met: OffbeatError[] = [];
  const value = await work((refusal) => met.push(refusal));
  const [first] = met;
  if (first === undefined) {
    await takeBack(context, repositoryId, task);
    return value;
  }
  const sentences = [...new Set(met.map(({ sentence }) => sentence))].slice(0, MOST_SENTENCES);
  await recordRefusal(context, repositoryId, task, { code: first.code, sentence: sentences.join(' ') });
  return value;
}

/** GitHub says the same of most files; the profile of a repository is no list of them. */
const MOST_SENTENCES = 3;

/** Something has changed that may lift refusals: whatever was refused is tried again. */
export async function retryRefused(context: Context, repositoryId: number): Promise<void> {
  const now = context.clock.now();
  await changeProfile(context, repositoryId, (profile) =>
    Object.keys(profile.refusals).length === 0
      ? profile
      : { ...profile, refusals: dueAgain(profile.refusals, now) },
  );
}

/** Forgets a refusal: the piece of work has succeeded. */
export async function takeBack(context: Context, repositoryId: number, task: TaskKey): Promise<void> {
  await changeProfile(context, repositoryId, (profile) =>
    profile.refusals[task] === undefined
      ? profile
      : { ...profile, refusals: withoutRefusal(profile.refusals, task) },
  );
}

/**
 * Does work that needs GitHub. While GitHub takes no requests it is put off to the next run or maintenance, so that
 * what was learned before stays, and noted: the App was there.
 */
export async function unlessGitHubPauses(
  context: Context,
  repositoryId: number,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof OffbeatError) || !PAUSES.has(error.code)) throw error;
    context.log.info(
      { repositoryId, code: error.code },
      'GitHub takes no requests now; the next run tries again',
    );
    const state = await context.store.load(repositoryId);
    if (state === undefined) return;
    await context.store.apply(repositoryId, { care: { ...state.care, putOffAt: context.clock.now() } });
  }
}

const PAUSES: ReadonlySet<OffbeatError['code']> = new Set([
  'github-busy',
  'github-credentials',
  'github-unreachable',
]);
