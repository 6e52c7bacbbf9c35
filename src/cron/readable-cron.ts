import { OffbeatError } from '../errors.ts';
import { type Cron, parseCron } from './parse.ts';
import { ticksBetween } from './ticks.ts';
import { isTimezone } from './timezone.ts';

interface ZonedCron {
  readonly cron: string;
  readonly timezone: string;
}

/** The cron of a schedule; `null` where cron or timezone is invalid, so that it never ticks. */
export function readableCron({ cron, timezone }: ZonedCron): Cron | null {
  if (!isTimezone(timezone)) return null;
  try {
    return parseCron(cron);
  } catch (error) {
    if (error instanceof OffbeatError && error.code === 'cron-invalid') return null;
    throw error;
  }
}

/** All ticks of a schedule in [from, to), epoch ms; none where cron or timezone is invalid. */
export function readableTicks(schedule: ZonedCron, from: number, to: number): readonly number[] {
  const cron = readableCron(schedule);
  return cron === null ? [] : ticksBetween(cron, schedule.timezone, from, to);
}
