import type { Octokit } from '@octokit/rest';
import { OffbeatError } from '../../src/errors.ts';
import { statusOf } from '../../src/github/client.ts';
import { RestRun } from '../../src/github/rest-run.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/time.ts';
import type { SeenRepository } from '../../src/usecases/known-repository.ts';
import type { ConnectedRepository } from '../../src/usecases/ports.ts';
import type { Findings } from './findings.ts';

/** Epoch ms, and a wait that ends at once where somebody has pressed Ctrl-C. */
export interface LiveTime {
  now(): number;
  wait(ms: number): Promise<void>;
}

/** The sandbox, as every step sees it. */
export interface Place {
  readonly seen: SeenRepository;
  readonly name: { readonly owner: string; readonly repo: string };
  /** As the product connects to a repository. */
  readonly connected: ConnectedRepository;
  /** For what the product never asks; held to the same purposes and limits. */
  readonly client: Octokit;
  readonly time: LiveTime;
  readonly findings: Findings;
  /** Tells a person what happens. */
  readonly say: (line: string) => void;
}

const LOOK_EVERY_MS = 5 * SECOND_MS;

/**
 * Looks every five seconds until `look` has found something, and returns that. Throws `github-not-yet` after
 * `limitMs`.
 */
export async function until<T>(
  { time }: Pick<Place, 'time'>,
  what: string,
  limitMs: number,
  look: () => Promise<T | null>,
): Promise<T> {
  const end = time.now() + limitMs;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (time.now() >= end) {
      throw new OffbeatError(
        'github-not-yet',
        `${what} did not come within ${Math.round(limitMs / MINUTE_MS)} min.`,
      );
    }
    await time.wait(LOOK_EVERY_MS);
  }
}

/** What a request has, or `null` where GitHub says 404. */
export async function unlessAbsent<T>(ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

/** Status and words of a request that is meant to be refused; status 0 and the fault itself where none was answered. */
export async function refusalOf(
  ask: () => Promise<{ readonly status: number }>,
): Promise<{ readonly status: number; readonly words: string }> {
  try {
    return { status: (await ask()).status, words: '' };
  } catch (error) {
    // Only what GitHub has answered is an answer: an abort is none.
    const status = statusOf(error) ?? statusOf(error instanceof Error ? error.cause : undefined);
    if (status === undefined) throw error;
    return { status, words: error instanceof Error ? error.message : '' };
  }
}

/** A run by its id; `null` while there is none. */
export async function runOf({ client, name }: Place, id: number): Promise<RestRun | null> {
  const found = await unlessAbsent(() => client.rest.actions.getWorkflowRun({ ...name, run_id: id }));
  return found === null ? null : RestRun.parse(found.data);
}

/** The run when it has ended. */
export function endedRun(place: Place, id: number, limitMs: number): Promise<RestRun> {
  return until(place, `The end of run ${id}`, limitMs, async () => {
    const run = await runOf(place, id);
    return run?.status === 'completed' ? run : null;
  });
}

/** `path` as the API names a workflow. */
export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** An instant as GitHub writes it. */
export function stamp(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}
