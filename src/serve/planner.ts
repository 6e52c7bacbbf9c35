import { type ErrorCode, OffbeatError } from '../errors.ts';
import { type Decided, type DecisionRequest, decideByStrategies } from '../usecases/decide.ts';
import { askThread } from './ask-thread.ts';

/** Workflow files up to which planning is a matter of a moment, shorter than a thread takes to start. */
const FILES_AT_ONCE = 40;

/** What a planning thread is told of a plan: the decision, or what went wrong. */
export type Planned =
  | { readonly decided: Decided }
  | {
      readonly refused: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly where?: string;
        readonly fix?: string;
      };
    }
  | { readonly failed: string };

/**
 * Plans, and keeps the event loop free meanwhile: large repositories are planned in a thread, one at a time, so that
 * deliveries are still accepted and answered. Throws what `decideByStrategies` throws.
 */
export function createPlanner(filesAtOnce = FILES_AT_ONCE): (request: DecisionRequest) => Promise<Decided> {
  let last: Promise<unknown> = Promise.resolve();
  return async (request) => {
    if (request.sources.length <= filesAtOnce) return decideByStrategies(request);
    // What was learned is mutated as runs come in: the thread is given what is known now, not when its turn comes.
    const asked = structuredClone(request);
    const planned = last.then(() => inThread(asked));
    last = planned.catch(() => undefined);
    return planned;
  };
}

async function inThread(request: DecisionRequest): Promise<Decided> {
  const planned = await askThread<Planned>('planning', request);
  if ('decided' in planned) return planned.decided;
  if ('failed' in planned) throw new Error(`The planning thread has failed: ${planned.failed}`);
  const { code, message, ...details } = planned.refused;
  throw new OffbeatError(code, message, details);
}
