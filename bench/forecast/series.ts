import { readFileSync } from 'node:fs';

/** One series of runs, oldest first. */
export interface Series {
  readonly id: string;
  /** Position of the id among all ids in order: its parity tells the tuning half from the other. */
  readonly place: number;
  /** Epoch seconds. */
  readonly starts: readonly number[];
  readonly seconds: readonly number[];
  /** `null` where unknown. */
  readonly succeeded: readonly (boolean | null)[];
  /** Mean absolute step between neighbours, seconds: the unit of MASE; 1 where it is 0. */
  readonly scale: number;
}

/** Reads `series_id,index,start_time,duration,success,queue`; durations of 0 are left out. */
export function readSeries(file: string): readonly Series[] {
  const rows = new Map<string, { index: number; start: number; seconds: number; ok: boolean | null }[]>();
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  const names = (header ?? '').split(',');
  const column = (name: string): number => names.indexOf(name);
  const [idAt, indexAt, startAt, secondsAt, okAt] = [
    column('series_id'),
    column('index'),
    column('start_time'),
    column('duration'),
    column('success'),
  ] as const;
  for (const line of lines) {
    const cells = line.split(',');
    const seconds = Number(cells[secondsAt]);
    if (!(seconds > 0)) continue;
    const id = cells[idAt] ?? '';
    const list = rows.get(id) ?? [];
    const ok = cells[okAt] === '1' ? true : cells[okAt] === '0' ? false : null;
    list.push({ index: Number(cells[indexAt]), start: Number(cells[startAt]), seconds, ok });
    rows.set(id, list);
  }
  return [...rows.keys()].sort().map((id, place) => {
    const list = (rows.get(id) ?? []).sort((a, b) => a.index - b.index);
    const seconds = list.map((row) => row.seconds);
    let steps = 0;
    for (let i = 1; i < seconds.length; i++) steps += Math.abs((seconds[i] ?? 0) - (seconds[i - 1] ?? 0));
    const scale = steps / Math.max(1, seconds.length - 1);
    return {
      id,
      place,
      starts: list.map((row) => row.start),
      seconds,
      succeeded: list.map((row) => row.ok),
      scale: scale > 0 ? scale : 1,
    };
  });
}
