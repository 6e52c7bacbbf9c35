import type { Decision, PlanBound } from '../plan/decision.ts';
import type { Proving } from '../usecases/context.ts';
import type { DecisionRequest } from '../usecases/decide.ts';
import type { Log } from '../usecases/ports.ts';
import { askThread } from './ask-thread.ts';
import { createLine } from './line.ts';

/** A pull request waits so long for its proof: the gap of ten schedules is within two per cent by then. */
const PROVING_MS = 3_000;
/** A thread that has not answered so long after that is ended. */
const GRACE_MS = 10_000;

/** What a proving thread is asked. */
export interface ProofRequest {
  readonly request: DecisionRequest;
  readonly decision: Decision;
  readonly milliseconds: number;
}

export interface ProverOptions {
  readonly milliseconds?: number;
  readonly graceMs?: number;
  /** The process is about to stop, and waits for no proof. */
  readonly stopping?: AbortSignal;
}

/**
 * Proves in a thread, one proof at a time, how far a decision can be from the best one. A proof is an extra: one that
 * fails, takes too long or stands in the way of stopping is `null`, and is logged.
 */
export function createProver(
  log: Pick<Log, 'warn'>,
  { milliseconds = PROVING_MS, graceMs = GRACE_MS, stopping }: ProverOptions = {},
): Proving {
  const inLine = createLine();
  return async (request, decision) => {
    const asked = structuredClone({ request, decision, milliseconds });
    const limits = { limitMs: milliseconds + graceMs, gone: stopping };
    try {
      return await inLine(() => askThread<PlanBound>('proving', asked, limits), stopping);
    } catch (error) {
      log.warn({ error: String(error) }, 'a plan could not be proven');
      return null;
    }
  };
}
