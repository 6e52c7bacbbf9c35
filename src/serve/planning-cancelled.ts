import { OffbeatError } from '../errors.ts';

/** The error of a plan whose caller has gone, or whose process stops. It is no failure of the planner. */
export function planningCancelled(): OffbeatError {
  return new OffbeatError('planning-cancelled', 'The plan was given up before it was made.', {
    fix: 'The caller has gone, or this process is stopping: ask again.',
  });
}
