/**
 * How the verdicts on merged proposals fare: proposals that changed nothing, and such that did harm, simulated from
 * recorded runs and recorded lateness, looked at ten times.
 *   npm run bench:proposals -- --runs runs.csv --lateness lateness.csv
 */
import { parseArgs } from 'node:util';
import { readSeries } from './forecast/series.ts';
import { readSlots } from './lateness/slots.ts';
import { type Call, RULES, type Rule } from './proposals/rules.ts';
import {
  drawnWorlds,
  lateWorlds,
  MERGED_AT,
  RUNS,
  recordedWorlds,
  usable,
  type World,
} from './proposals/worlds.ts';
import { writesOfALife } from './proposals/writes.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, lateness: { type: 'string' }, half: { type: 'string' } },
});
if (values.runs === undefined || values.lateness === undefined) {
  console.error('Name the data: npm run bench:proposals -- --runs runs.csv --lateness lateness.csv');
  process.exit(2);
}

const DAY_MS = 86_400_000;
const LOOKS = 10;
/** Simulated proposals for each recorded series. */
const PER_SERIES = 10;
const SEED = 20_260_601;

const recorded = usable(readSeries(values.runs));
const slots = readSlots(values.lateness).filter(({ ticks }) => ticks.length >= 60);
const halves = [
  { name: 'even (tuned on)', of: <T>(list: readonly T[]) => list.filter((_, place) => place % 2 === 0) },
  { name: 'odd (reported)', of: <T>(list: readonly T[]) => list.filter((_, place) => place % 2 === 1) },
].filter(({ name }) => values.half === undefined || name.startsWith(values.half));

for (const half of halves) {
  const series = half.of(recorded);
  const late = lateWorlds(half.of(slots), 30);
  console.log(`\n${half.name}: ${series.length} series, ${late.length} stretches of lateness`);
  heading('nothing but drift happened, drawn in blocks', ['worse', 'improved']);
  const still = drawnWorlds(series, PER_SERIES, {}, SEED);
  for (const rule of RULES) printCalls(rule, still);
  heading('nothing was done, runs as recorded (a change in them came by itself)', ['worse', 'improved']);
  const replayed = recordedWorlds(series);
  for (const rule of RULES) printCalls(rule, replayed);
  heading('nothing was done, lateness as recorded, with others beside', ['worse', 'improved']);
  for (const rule of RULES)
    printCalls(
      rule,
      late.filter(({ beside }) => beside.length >= 2),
    );
  heading('lateness as recorded, of the moved one halved', ['worse', 'improved']);
  const halved = lateWorlds(half.of(slots), 30, 0.5).filter(({ beside }) => beside.length >= 2);
  for (const rule of RULES) printCalls(rule, halved);
  heading('+20 points of failures: caught within', ['50 runs', 'median']);
  const failing = drawnWorlds(series, PER_SERIES, { failurePoints: 0.2 }, SEED + 1);
  for (const rule of RULES) printCaught(rule, failing, 50);
  heading('+60 % duration: caught within', ['20 runs', 'median']);
  const slow = drawnWorlds(series, PER_SERIES, { durationFactor: 1.6 }, SEED + 2);
  for (const rule of RULES) printCaught(rule, slow, 20);
}

console.log(
  `\n  ${'what the App writes to GitHub'.padEnd(50)}${'writes'.padStart(10)}${'notifying'.padStart(12)}`,
);
for (const { name, writes, notifying } of await writesOfALife()) {
  console.log(`    ${name.padEnd(48)}${String(writes).padStart(10)}${String(notifying).padStart(12)}`);
}

function heading(text: string, columns: readonly string[]): void {
  console.log(`\n  ${text.padEnd(72)}${columns.map((name) => name.padStart(10)).join('')}`);
}

/** Calls at ten looks over the runs after the merge: the first that is not "nothing to say yet" stands. */
function printCalls(rule: Rule, worlds: readonly (World & { readonly at?: number })[]): void {
  const calls = worlds.map((world): Call => {
    const since = world.at ?? MERGED_AT;
    const last = Math.max(...world.moved.runs.map(({ at }) => at));
    for (let look = 1; look <= LOOKS; look += 1) {
      const now = since + (look * (last - since)) / LOOKS + 1;
      const call = rule.call(world, since, now);
      // An early "no difference" is no verdict: the next look may say more.
      if (call === 'worse' || call === 'improved') return call;
    }
    return 'no-difference';
  });
  const share = (wanted: Call): string =>
    `${((100 * calls.filter((call) => call === wanted).length) / Math.max(1, calls.length)).toFixed(1)} %`;
  console.log(
    `    ${rule.name.padEnd(70)}${share('worse').padStart(10)}${share('improved').padStart(10)}   of ${calls.length}`,
  );
}

function printCaught(rule: Rule, worlds: readonly World[], within: number): void {
  const caughtAfter = worlds.map((world) => {
    for (let runs = 1; runs <= RUNS; runs += 1) {
      if (rule.call(world, MERGED_AT, MERGED_AT + runs * DAY_MS) === 'worse') return runs;
    }
    return Number.POSITIVE_INFINITY;
  });
  const sorted = caughtAfter.toSorted((a, b) => a - b);
  const share = (100 * sorted.filter((runs) => runs <= within).length) / sorted.length;
  const middle = sorted[sorted.length >> 1];
  console.log(
    `    ${rule.name.padEnd(70)}${`${share.toFixed(1)} %`.padStart(10)}${String(middle).padStart(10)}   ` +
      `of ${sorted.length}`,
  );
}
