import type { Run } from '../../history/run.ts';
import { MINUTE_MS } from '../../time.ts';

/** Reported runs are numbered from here on, far above GitHub's own numbers, and below the largest exact integer. */
export const FIRST_REPORTED_ID = 2 ** 52;
/** Those of one minute; minutes count from 2020 and come round after 32 years. */
const NUMBERS = 2 ** 27;
const MINUTES = 2 ** 24;
const FIRST_MINUTE = Date.UTC(2020, 0) / MINUTE_MS;

/** The number of a reported run without one on GitHub: the same each time, and by time, as GitHub's own. */
export function reportedNumber({ path, startedAt }: Pick<Run, 'path' | 'startedAt'>): number {
  return FIRST_REPORTED_ID + minuteOf(startedAt) * NUMBERS + numberOf(`${path} ${startedAt}`);
}

function minuteOf(at: number): number {
  return Math.max(0, Math.floor(at / MINUTE_MS) - FIRST_MINUTE) % MINUTES;
}

/** The same number for the same text: FNV-1a over two 32-bit halves, as much of it as there is room for. */
function numberOf(text: string): number {
  let high = 0x811c9dc5;
  let low = 0x01000193;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    high = Math.imul(high ^ code, 0x01000193) >>> 0;
    low = Math.imul(low ^ (code + 0x9e37), 0x85ebca6b) >>> 0;
  }
  return (high * 2 ** 19 + (low >>> 13)) % NUMBERS;
}
