import { OffbeatError } from '../../errors.ts';
import type { DispatchAnswer } from '../../on-time/answer.ts';
import type { GitHub, RunDispatcher } from '../ports.ts';

/**
 * For a store that ends with its process: before each request, `keepNow` writes the state to where the next process
 * reads it; false where another one has written first, and nothing is sent. So a tick is started once, also after a
 * crash and where two processes run at once.
 */
export function withDurableIntents(github: GitHub, keepNow: () => Promise<boolean>): GitHub {
  return {
    ...github,
    async connect(profile) {
      const connected = await github.connect(profile);
      const { dispatcher } = connected;
      if (dispatcher == null) return connected;
      const dispatch: RunDispatcher['dispatch'] = async (ask) => {
        const isKept = await keepNow().catch(notKept);
        return isKept ? dispatcher.dispatch(ask) : NOT_SENT;
      };
      return { ...connected, dispatcher: { ...dispatcher, dispatch } };
    },
  };
}

/** A write that GitHub refuses here is refused at the end of the step too, and is reported there. */
function notKept(error: unknown): false {
  if (error instanceof OffbeatError) return false;
  throw error;
}

const NOT_SENT: DispatchAnswer = {
  sent: false,
  status: null,
  message: 'The state could not be written.',
  runId: null,
  retryAfterMs: null,
};
