/**
 * Scores the lateness forecasts on recorded ticks, in wall-clock order over all schedules: at each tick only runs
 * that had been created by then are known.
 *   npm run bench:lateness -- --data lateness.csv [--out ours.csv]
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { closeShare } from '../src/forecast/start.ts';
import { calibrationError } from './forecast/score.ts';
import { pairsInOrder } from './lateness/pairs.ts';
import { simplePeers } from './lateness/peers.ts';
import { type MadeForecast, replay } from './lateness/replay.ts';
import { readSlots, type Slot } from './lateness/slots.ts';

const { values } = parseArgs({ options: { data: { type: 'string' }, out: { type: 'string' } } });
if (values.data === undefined) {
  console.error('Name the data: npm run bench:lateness -- --data lateness.csv');
  process.exit(2);
}
const LEAST_TICKS = 60;
const FIRST_SCORED = 17;

const slots = readSlots(values.data);
const scored = slots.filter((slot) => slot.ticks.length >= LEAST_TICKS);
const halves = [
  { name: 'even', slots: scored.filter((_, place) => place % 2 === 0) },
  { name: 'odd', slots: scored.filter((_, place) => place % 2 === 1) },
  { name: 'all', slots: scored },
];
console.log(`${slots.length} slot series, ${scored.length} of at least ${LEAST_TICKS} ticks; MAE in minutes`);

const pooled = replay(slots, { pooled: true });
const alone = replay(slots, { pooled: false });
for (const ahead of [1, 7] as const) {
  console.log(`\n${ahead} tick${ahead === 1 ? '' : 's'} ahead        even    odd    all`);
  for (const peer of simplePeers) printErrors(peer.name, (slot) => peer.forecast(slot.minutes, ahead));
  for (const [name, made] of [
    ['offbeat, alone', alone],
    ['offbeat, pooled', pooled],
  ] as const) {
    printErrors(name, (slot) =>
      (made.get(slot.id) ?? []).map((one) => one[ahead === 1 ? 'next' : 'seventh'].q50),
    );
  }
}

console.log('\ncoverage of the 90 % interval, one tick ahead, per series');
for (const half of halves) {
  const shares = half.slots.map((slot) => {
    const made = pooled.get(slot.id) ?? [];
    let inside = 0;
    for (let t = FIRST_SCORED; t < slot.minutes.length; t++) {
      const minutes = slot.minutes[t] ?? 0;
      const next = made[t]?.next;
      if (next !== undefined && minutes >= next.q05 && minutes <= next.q95) inside++;
    }
    return inside / (slot.minutes.length - FIRST_SCORED);
  });
  const sorted = [...shares].sort((a, b) => a - b);
  console.log(
    `${half.name.padEnd(5)} mean ${mean(shares).toFixed(3)}  tenth percentile ` +
      `${(sorted[Math.floor(sorted.length / 10)] ?? 0).toFixed(3)}`,
  );
}
console.log(
  '\nP(start within half an hour of the median): calibration error (ECE), mean said, mean happened',
);
for (const ahead of ['next', 'seventh'] as const) {
  const said = scored.flatMap((slot) =>
    slot.minutes.flatMap((minutes, t) => {
      const made = pooled.get(slot.id)?.[t]?.[ahead];
      if (made === undefined || t < FIRST_SCORED) return [];
      return [{ said: closeShare(made), happened: Math.abs(minutes - made.q50) <= 30 }];
    }),
  );
  const happened = said.filter((one) => one.happened).length / said.length;
  console.log(
    `${ahead.padEnd(8)} ${calibrationError(said).toFixed(4)} ` +
      `${mean(said.map((one) => one.said)).toFixed(3)} ${happened.toFixed(3)}`,
  );
}
console.log(
  '\ntwo schedules of one day, at different hours, whose lateness differs by more than 10 min: order right',
);
for (const [name, foretold] of [
  ['by their forecasts', (made: MadeForecast) => made.next.q50],
  ['by the hour alone', (made: MadeForecast) => made.byHourAlone],
] as const) {
  const order = pairsInOrder(slots, pooled, FIRST_SCORED, foretold);
  console.log(`${name.padEnd(18)} ${(100 * order.share).toFixed(1)} % of ${order.pairs} pairs`);
}
if (values.out !== undefined) {
  const rows = ['series_id,index,q05,q25,q50,q75,q95'];
  for (const slot of slots) {
    for (const [t, one] of (pooled.get(slot.id) ?? []).entries()) {
      const { q05, q25, q50, q75, q95 } = one.next;
      rows.push([`"${slot.id}"`, t, q05, q25, q50, q75, q95].join(','));
    }
  }
  writeFileSync(values.out, `${rows.join('\n')}\n`);
}

function printErrors(name: string, forecast: (slot: Slot) => readonly number[]): void {
  const cells = halves.map((half) => {
    const errors = half.slots.map((slot) => {
      const made = forecast(slot);
      let total = 0;
      for (let t = FIRST_SCORED; t < slot.minutes.length; t++) {
        const value = made[t];
        if (value === undefined || !Number.isFinite(value))
          throw new Error(`${slot.id}: no forecast of tick ${t}`);
        total += Math.abs((slot.minutes[t] ?? 0) - value);
      }
      return total / (slot.minutes.length - FIRST_SCORED);
    });
    return mean(errors).toFixed(2).padStart(6);
  });
  console.log(`${name.padEnd(18)} ${cells.join(' ')}`);
}

function mean(all: readonly number[]): number {
  return all.reduce((total, value) => total + value, 0) / all.length;
}
