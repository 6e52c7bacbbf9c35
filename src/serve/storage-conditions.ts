import { OffbeatError } from '../errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { Condition } from '../telemetry/conditions.ts';
import type { Deployments } from '../usecases/ports.ts';

/** Deliveries that have waited so long while this process works on none: its own hands are tied. */
const STUCK_AFTER_SECONDS = 15 * 60;

/** The sentence where the operator's decisions cannot be read; a database that is away has one of its own. */
export async function stopConditions(deployments: Deployments): Promise<readonly Condition[]> {
  try {
    await deployments.load();
    const unkept = deployments.unkept?.() ?? null;
    if (unkept === null) return [];
    const sentence = `The emergency stop holds in this process, and could not be kept: ${unkept} It is tried again.`;
    return [{ name: 'stop-unkept', sentence }];
  } catch (error) {
    if (!(error instanceof OffbeatError)) throw error;
    if (error.code !== 'stop-unreadable') return [];
    return [{ name: 'stop-unreadable', sentence: `${error.sentence} Deliveries wait until then.` }];
  }
}

/** What keeps deliveries from being accepted into files; `error` is what a write of a probe met, `null` for nothing. */
export function diskProblems(error: unknown): readonly string[] {
  if (error === null) return [];
  const isFull = error instanceof OffbeatError && error.code === 'store-full';
  return isFull
    ? ['The disk takes no more data, and deliveries are refused: make room in the data directory.']
    : ['Nothing can be written into the data directory: look at its permissions and at the disk.'];
}

/** Whether deliveries have waited too long for nothing; `works` is whether this process handles any. */
export function stuckConditions(queue: Queue, works: boolean): readonly Condition[] {
  const { waiting, running, oldestAgeSeconds } = queue.stats();
  const isStuck = works && waiting > 0 && running === 0 && oldestAgeSeconds > STUCK_AFTER_SECONDS;
  if (!isStuck) return [];
  const minutes = Math.round(oldestAgeSeconds / 60);
  return [{ name: 'queue-stuck', sentence: `${waiting} deliveries wait, the oldest for ${minutes} min.` }];
}
