import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { JOSEError } from 'jose/errors';
import type { z } from 'zod';
import { SECOND_MS } from '../../time.ts';

const KEY_BYTES = 32;

/**
 * Encrypts values for one purpose and a limited time, with a key of its own for each purpose from the deployment's
 * secret (HKDF). Only this deployment can make or read them. A new secret makes all invalid.
 */
export function createSeal(secret: string, purpose: string) {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `offbeat ${purpose}`, KEY_BYTES));
  return {
    /** `expiresAt` in epoch ms. */
    close: (value: Readonly<Record<string, unknown>>, expiresAt: number): Promise<string> =>
      new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(Math.floor(expiresAt / SECOND_MS))
        .encrypt(key),
    /** The value; `null` where the text was made elsewhere or for another purpose, is not valid, or has expired. */
    async open<T>(text: string, schema: z.ZodType<T>, now: number): Promise<T | null> {
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
