/**
 * Nanoseconds per tick, ours beside croner and cron-parser in the same run: `node bench/cron.ts`.
 * Each walks on from tick to tick; `in bulk` is ticksBetween over a year.
 */
import { CronExpressionParser } from 'cron-parser';
import { Cron as Croner } from 'croner';
import { candidatesOf } from '../src/cron/candidates.ts';
import { parseCron } from '../src/cron/parse.ts';
import { nextTick, ticksBetween } from '../src/cron/ticks.ts';

const FROM = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 86_400_000;
const CRONS = ['*/15 * * * *', '17 3 * * *', '0 9-17 * * 1-5', '23 4 * * 1', '0 0 1,15 * *'];
const TIMEZONES = ['UTC', 'Europe/Berlin', 'America/New_York'];
/** The libraries are slow enough that fewer ticks give a steady figure. */
const OUR_TICKS = 20_000;
const THEIR_TICKS = 500;
const ROUNDS = 5;

/** Best of several rounds, the first of which warm the compiler up; nanoseconds per step. */
function measure(steps: number, run: (steps: number) => number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    const start = process.hrtime.bigint();
    const done = run(steps);
    best = Math.min(best, Number(process.hrtime.bigint() - start) / Math.max(1, done));
  }
  return best;
}

function ours(text: string, timezone: string): number {
  const cron = parseCron(text);
  return measure(OUR_TICKS, (steps) => {
    let at: number = FROM;
    for (let step = 0; step < steps; step += 1) at = nextTick(cron, timezone, at) ?? FROM;
    return at > FROM ? steps : 0;
  });
}

function oursInBulk(text: string, timezone: string): number {
  const cron = parseCron(text);
  return measure(1, () => ticksBetween(cron, timezone, FROM, FROM + YEAR_MS).length);
}

function croner(text: string, timezone: string): number {
  const job = new Croner(text, { timezone, mode: '5-part', paused: true });
  return measure(THEIR_TICKS, (steps) => {
    let at = new Date(FROM);
    for (let step = 0; step < steps; step += 1) at = job.nextRun(at) ?? at;
    return steps;
  });
}

function cronParser(text: string, timezone: string): number {
  return measure(THEIR_TICKS, (steps) => {
    const walk = CronExpressionParser.parse(text, { tz: timezone, currentDate: new Date(FROM) });
    for (let step = 0; step < steps; step += 1) walk.next();
    return steps;
  });
}

const rows = TIMEZONES.flatMap((timezone) =>
  CRONS.map((text) => ({
    timezone,
    cron: text,
    'ours (ns)': Math.round(ours(text, timezone)),
    'in bulk (ns)': Math.round(oursInBulk(text, timezone)),
    'croner (ns)': Math.round(croner(text, timezone)),
    'cron-parser (ns)': Math.round(cronParser(text, timezone)),
  })),
);
console.table(rows);
const perCron = measure(CRONS.length, (steps) => {
  for (const text of CRONS) candidatesOf(parseCron(text), 'Europe/Berlin');
  return steps;
});
console.log(`candidatesOf: ${Math.round(perCron / 1000)} µs a schedule`);
