import { hkdfSync } from 'node:crypto';
import { EncryptJWT, jwtDecrypt } from 'jose';
import { JOSEError } from 'jose/errors';
import type { z } from 'zod';
import { SECOND_MS } from '../../time.ts';

const KEY_BYTES = 32;

/** Encrypts values for one purpose and a limited time. Only this deployment can make or read them. */
export interface Seal {
  /** `expiresAt` in epoch ms. */
  close(value: Readonly<Record<string, unknown>>, expiresAt: number): Promise<string>;
  /** The value; `null` where the text was made elsewhere or for another purpose, is not valid, or has expired. */
  open<T>(text: string, schema: z.ZodType<T>, now: number): Promise<T | null>;
}

/** A seal from the deployment's secret, with a key for each purpose (HKDF). A new secret makes all invalid. */
export function createSeal(secret: string, purpose: string): Seal {
  const key = new Uint8Array(hkdfSync('sha256', secret, '', `offbeat ${purpose}`, KEY_BYTES));
  return {
    close: (value, expiresAt) =>
      new EncryptJWT({ value })
        .setProtectedHeader({ alg: 'dir', enc: 'A256GCM' })
        .setExpirationTime(Math.floor(expiresAt / SECOND_MS))
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
