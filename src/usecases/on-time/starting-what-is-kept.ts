import { OffbeatError } from '../../errors.ts';
import type { DispatchAnswer } from '../../on-time/answer.ts';
import type { GitHub, RunDispatcher } from '../ports.ts';

/**
 * GitHub that is asked for a run only when the intent is kept where the next process reads it: for a store that ends
 * with its process. `keepNow` gives false where another process was quicker; then nothing is asked. So whoever dies, and
 * two that meet, never start one tick twice.
 */
export function startingWhatIsKept(github: GitHub, keepNow: () => Promise<boolean>): GitHub {
  return {
    async connect(profile) {
      const connected = await github.connect(profile);
      const { dispatcher } = connected;
      if (dispatcher == null) return connected;
      const dispatch: RunDispatcher['dispatch'] = async (ask) => {
        const isKept = await keepNow().catch(unkept);
        return isKept ? dispatcher.dispatch(ask) : NOT_SENT;
      };
      return { ...connected, dispatcher: { ...dispatcher, dispatch } };
    },
  };
}

/** What GitHub does not take now it does not take at the end either, and there the step says so. */
function unkept(error: unknown): false {
  if (error instanceof OffbeatError) return false;
  throw error;
}

const NOT_SENT: DispatchAnswer = {
  sent: false,
  status: null,
  message: 'What is known could not be kept.',
  runId: null,
  retryAfterMs: null,
};
