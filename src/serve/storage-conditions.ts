import { OffbeatError } from '../errors.ts';
import type { Queue } from '../queue/queue.ts';
import type { Condition } from '../telemetry/conditions.ts';
import type { Deployments } from '../usecases/ports.ts';

/** The queue counts as stuck where deliveries have waited this long while this process handles none. */
const STUCK_AFTER_SECONDS = 15 * 60;

/** Conditions where the emergency stop cannot be read or kept; an unreachable database is another condition. */
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

/**
 * A sentence on why deliveries cannot be accepted into files; none where they can. `error` is the error of a probe's
 * write, `null` where the write succeeded.
 */
export function diskProblems(error: unknown): readonly string[] {
  if (error === null) return [];
  switch (error instanceof OffbeatError ? error.code : undefined) {
    case 'store-full':
      return ['The disk takes no more data, and deliveries are refused: make room in the data directory.'];
    case 'store-failing':
      return [
        'The disk refuses to write, and deliveries are refused: look at the disk and how it is mounted.',
      ];
    default:
      return ['Nothing can be written into the data directory: look at its permissions and at the disk.'];
  }
}

/** A condition where the queue is stuck; `works` is true where this process handles deliveries. */
export function stuckConditions(queue: Queue, works: boolean): readonly Condition[] {
  const { waiting, running, oldestAgeSeconds } = queue.stats();
  const isStuck = works && waiting > 0 && running === 0 && oldestAgeSeconds > STUCK_AFTER_SECONDS;
  if (!isStuck) return [];
  const minutes = Math.round(oldestAgeSeconds / 60);
  return [{ name: 'queue-stuck', sentence: `${waiting} deliveries wait, the oldest for ${minutes} min.` }];
}
