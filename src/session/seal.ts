import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { JOSEError } from 'jose/errors';
import type { z } from 'zod';

const KEY_BYTES = 32;
const MS_PER_SECOND = 1_000;

/** Makes values that only this deployment can read or make, each for one purpose and for a time. */
export interface Seal {
  /** `expiresAt` in epoch ms. */
  close(value: Readonly<Record<string, unknown>>, expiresAt: number): Promise<string>;
  /** The value, or `null` where the text was not made here, for another purpose, is of another form, or has expired. */
  open<T>(text: string, schema: z.ZodType<T>, now: number): Promise<T | null>;
}

/**
 * A seal from a secret of the deployment. The key of each purpose is derived (HKDF), so that a value sealed for one
 * cannot be passed off as another's, and a new secret ends all of them.
 */
export function createSeal(secret: string, purpose: string): Seal {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `offbeat ${purpose}`, KEY_BYTES));
  return {
    close: (value, expiresAt) =>
      new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(Math.floor(expiresAt / MS_PER_SECOND))
        .encrypt(key),
    async open(text, schema, now) {
      try {
        const { payload } = await jwtDecrypt(text, key, {
          keyManagementAlgorithms: ['dir'],
          contentEncryptionAlgorithms: ['A256GCM'],
          currentDate: new Date(now),
          requiredClaims: ['exp'],
        });
        const parsed = schema.safeParse(payload.value);
        return parsed.success ? parsed.data : null;
      } catch (error) {
        if (error instanceof JOSEError) return null;
        throw error;
      }
    },
  };
}
