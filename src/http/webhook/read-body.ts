import type { IncomingMessage } from 'node:http';

/** GitHub's own cap on a payload (docs: "Webhook events and payloads"). */
export const MAX_BODY_BYTES = 25 * 1024 * 1024;

/** Bodies being read at one time in all: a well-formed signature header costs nothing to make up. */
export const MAX_BODY_BYTES_IN_FLIGHT = 4 * MAX_BODY_BYTES;

export type BodyResult =
  | { readonly kind: 'whole'; readonly bytes: Buffer }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'too-many' }
  | { readonly kind: 'aborted' };

/** Counts the bytes of all bodies under way. */
export interface BodyBudget {
  bytesInFlight: number;
}

/** Reads a body and stops at the limits, whatever `content-length` says or does not say. */
export function readBody(request: IncomingMessage, budget: BodyBudget): Promise<BodyResult> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const finish = (result: BodyResult): void => {
      request.off('data', onData).off('end', onEnd).off('close', onClose);
      request.pause();
      budget.bytesInFlight -= bytes;
      resolve(result);
    };
    const onData = (chunk: Buffer): void => {
      bytes += chunk.length;
      budget.bytesInFlight += chunk.length;
      if (bytes > MAX_BODY_BYTES) finish({ kind: 'too-large' });
      else if (budget.bytesInFlight > MAX_BODY_BYTES_IN_FLIGHT) finish({ kind: 'too-many' });
      else chunks.push(chunk);
    };
    const onEnd = (): void =>
      finish({ kind: 'whole', bytes: chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks) });
    const onClose = (): void => finish({ kind: 'aborted' });
    request.on('data', onData).on('end', onEnd).on('close', onClose);
    request.on('error', () => {
      // 'close' follows and settles the promise; without a listener the process would end.
    });
  });
}
