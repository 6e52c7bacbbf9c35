import {
  type CircuitBreakerPolicy,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import { OffbeatError } from '../errors.ts';
import { MINUTE_MS } from '../time.ts';
import type { Planning } from '../usecases/context.ts';
import type { Store } from '../usecases/ports.ts';
import type { AroundCall } from './decorate-store.ts';

const FAILURES_TO_OPEN = 3;
/** The store comes back by itself, as a rule soon; a planner that fails needs its makers. */
const STORE_REST_MS = 5_000;
const PLANNER_REST_MS = 10 * MINUTE_MS;

/** A breaker around a planner: while it is open nothing is planned, and everything else goes on. */
export function guardedPlanner(plan: Planning): Planning {
  const breaker = circuitBreaker(
    // An `OffbeatError` is an answer of the planner, not a failure.
    handleWhen((error) => !(error instanceof OffbeatError)),
    { halfOpenAfter: PLANNER_REST_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
  return async (request, gone) => {
    try {
      return await breaker.execute(() => plan(request, gone));
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw new OffbeatError(
        'planner-circuit-open',
        'Planning is paused, as it has failed several times in a row.',
        {
          fix:
            'Runs are still watched and learned from. The log says what failed; planning is tried again in ' +
            'ten minutes.',
          cause: error,
        },
      );
    }
  };
}

/** A breaker for one store, shared by everything that uses it. */
export function storeBreaker(): CircuitBreakerPolicy {
  return circuitBreaker(
    handleWhen((error) => !(error instanceof OffbeatError) || error.code === 'store-unreachable'),
    { halfOpenAfter: STORE_REST_MS, breaker: new ConsecutiveBreaker(FAILURES_TO_OPEN) },
  );
}

/** The methods of a store that handling a delivery needs. */
const GUARDED: ReadonlySet<keyof Store> = new Set<keyof Store>([
  'load',
  'apply',
  'profiles',
  'delete',
  'loadLatenessPool',
]);

/** Fails calls of a store at once while its breaker is open, so that nobody waits for a store that is down. */
export function guardCalls(breaker: CircuitBreakerPolicy): AroundCall {
  return async (call, proceed) => {
    if (!GUARDED.has(call.name)) return proceed();
    try {
      return await breaker.execute(proceed);
    } catch (error) {
      if (!isBrokenCircuitError(error)) throw error;
      throw new OffbeatError('store-unreachable', 'The store has failed several times in a row.', {
        fix: 'The work is tried again.',
        cause: error,
      });
    }
  };
}
