import { timingSafeEqual } from 'node:crypto';

/** Compares in constant time, so that the time says nothing about where two texts differ. */
export function sameText(a: string, b: string): boolean {
  const [one, other] = [Buffer.from(a), Buffer.from(b)];
  return one.length === other.length && timingSafeEqual(one, other);
}
