import { createHmac, timingSafeEqual } from 'node:crypto';

/** The only form GitHub sends (docs: "Validating webhook deliveries"). */
const SIGNATURE = /^sha256=([0-9a-f]{64})$/;

/** The 32 bytes of a well-formed `x-hub-signature-256`, else `undefined`. */
export function readSignature(header: string | readonly string[] | undefined): Buffer | undefined {
  const hex = typeof header === 'string' ? SIGNATURE.exec(header)?.[1] : undefined;
  return hex === undefined ? undefined : Buffer.from(hex, 'hex');
}

/** True where one of the secrets has signed exactly these bytes. Every secret is tried, in constant time. */
export function isSignedBy(secrets: readonly string[], body: Uint8Array, signature: Buffer): boolean {
  let signed = false;
  for (const secret of secrets) {
    const expected = createHmac('sha256', secret).update(body).digest();
    signed = timingSafeEqual(expected, signature) || signed;
  }
  return signed;
}
