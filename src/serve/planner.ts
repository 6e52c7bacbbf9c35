import { OffbeatError } from '../errors.ts';
import type { Planning } from '../usecases/context.ts';
import { type Decided, type DecisionRequest, decideByStrategies } from '../usecases/planning/decide.ts';
import { askThread } from './ask-thread.ts';
import { planningCancelled } from './planning-cancelled.ts';
import { createSerialQueue } from './serial-queue.ts';

/** Up to so many workflow files, planning takes less time than starting a thread. */
const FILES_AT_ONCE = 40;

/** The answer of a planning thread: the decision, or an error. */
export type Planned =
  | { readonly decided: Decided }
  | { readonly refused: Pick<OffbeatError, 'code' | 'message' | 'where' | 'fix'> }
  | { readonly failed: string };

export interface PlannerOptions {
  /** Workflow files up to which no thread is started. */
  readonly filesAtOnce?: number;
  /** Aborted when the process stops: plans in a thread are cancelled; others run without a break and need no signal. */
  readonly stopping?: AbortSignal;
}

/**
 * Plans, and keeps the event loop free: large repositories are planned in a thread, one at a time. A plan that nobody
 * waits for any more is given up. Throws what `decideByStrategies` throws, and `planning-cancelled`.
 */
export function createPlanner({ filesAtOnce = FILES_AT_ONCE, stopping }: PlannerOptions = {}): Planning {
  const inTurn = createSerialQueue();
  return async (request, gone) => {
    if (gone?.aborted) throw planningCancelled();
    if (request.sources.length <= filesAtOnce) return decideByStrategies(request);
    // The learned state changes as runs come in: the thread gets a copy of now, not of the moment when its turn comes.
    const snapshot = structuredClone(request);
    const cancelled = AbortSignal.any([gone, stopping].filter((signal) => signal !== undefined));
    return inTurn(() => inThread(snapshot, cancelled), cancelled);
  };
}

async function inThread(request: DecisionRequest, gone: AbortSignal): Promise<Decided> {
  const planned = await askThread<Planned>(request, gone);
  if ('decided' in planned) return planned.decided;
  if ('failed' in planned) throw new Error(`The planning thread has failed: ${planned.failed}`);
  const { code, message, ...details } = planned.refused;
  throw new OffbeatError(code, message, details);
}
