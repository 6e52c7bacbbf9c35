import { createHash, randomInt } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { MINUTE_MS } from '../time.ts';
import type { ExpiringKeys } from './ports.ts';

/** Time to repeat what was asked for, with its code. */
const VALID_MS = 10 * MINUTE_MS;
/** Letters and digits that nobody takes for another: five bits each. */
const SIGNS = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
const LENGTH = 6;

/** A secret of so many signs that a person can copy. */
export function randomCode(length: number): string {
  return Array.from({ length }, () => SIGNS[randomInt(SIGNS.length)]).join('');
}

/** Why an operator does something, as far as it is kept. */
export const Reason = z.string().min(3).max(200);

/** One-time codes that confirm what has far-reaching effects. */
export interface Confirmations {
  /** A code for exactly this: who wants what. */
  codeFor(what: string): Promise<string>;
  /** Whether the code was made for this, and was not used before. It is used up by that. */
  isConfirmed(what: string, code: string): Promise<boolean>;
}

/** Codes that all processes know; if nothing can be kept, this process does: a stop cannot wait. */
export function createConfirmations(keys: ExpiringKeys, clock: Clock): Confirmations {
  const remember = async (key: string): Promise<void> => {
    await keys.add(key, clock.now() + VALID_MS).catch(() => undefined);
  };
  /** Codes used up in this process, in case that no key can be written. */
  const used = new Set<string>();
  const has = (key: string): Promise<boolean> => keys.has(key).catch(() => false);
  return {
    async codeFor(what) {
      const code = randomCode(LENGTH);
      await remember(`code:${digestOf(what, code)}`);
      return code;
    },
    async isConfirmed(what, code) {
      const digest = digestOf(what, code.trim().toUpperCase());
      if (!(await has(`code:${digest}`)) || used.has(digest)) return false;
      used.add(digest);
      // Of several that use it at once, here or in another process, one has added the key.
      return keys.add(`used:${digest}`, clock.now() + VALID_MS).catch(() => true);
    },
  };
}

function digestOf(what: string, code: string): string {
  return createHash('sha256')
    .update(JSON.stringify([what, code]))
    .digest('base64url');
}
