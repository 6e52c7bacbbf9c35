import { OffbeatError } from '../errors.ts';

/** Nobody waits for a plan any more. It is nobody's fault, and the next question is answered. */
export function planningCancelled(): OffbeatError {
  return new OffbeatError('planning-cancelled', 'The plan was given up before it was made.', {
    fix: 'Whoever asked for it has gone, or this process stops: ask again.',
  });
}
