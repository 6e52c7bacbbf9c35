import { readFileSync } from 'node:fs';

/** The ticks of one schedule at one time of the day. */
export interface Slot {
  readonly id: string;
  /** The schedule it belongs to. */
  readonly schedule: string;
  /** Epoch milliseconds, ascending. */
  readonly ticks: readonly number[];
  readonly minutes: readonly number[];
}

/** Reads `repository,schedule,cron,tick_epoch,lateness_seconds`, the cron in quotes where it holds a comma. */
export function readSlots(file: string): readonly Slot[] {
  const rows = new Map<string, { schedule: string; rows: { tick: number; minutes: number }[] }>();
  for (const line of readFileSync(file, 'utf8').trim().split('\n').slice(1)) {
    const cells = /^([^,]*),([^,]*),("[^"]*"|[^,]*),(\d+),(-?[\d.]+)/.exec(line);
    if (cells === null) throw new Error(`Not a row of lateness: ${line}`);
    const [, repository = '', name = '', cron = '', epoch = '', seconds = ''] = cells;
    const tick = Number(epoch) * 1000;
    const at = new Date(tick);
    const schedule = `${repository}|${name}|${cron.replaceAll('"', '')}`;
    const id = `${schedule}|${at.getUTCHours()}:${at.getUTCMinutes()}`;
    const slot = rows.get(id) ?? { schedule, rows: [] };
    slot.rows.push({ tick, minutes: Number(seconds) / 60 });
    rows.set(id, slot);
  }
  return [...rows].map(([id, slot]) => {
    const ordered = slot.rows.sort((a, b) => a.tick - b.tick);
    return {
      id,
      schedule: slot.schedule,
      ticks: ordered.map((row) => row.tick),
      minutes: ordered.map((row) => row.minutes),
    };
  });
}
