/**
 * How well workflows are started on time. Production code, from the clock to the request, serves ticks of made
 * repositories on an emulated GitHub, in simulated time; GitHub's own cron is as late there as was recorded.
 *   npm run bench:on-time [-- --data lateness.csv --sets cron-sets.json --runs runs.csv --full]
 * Without recorded data lateness, sets and durations are made. `--full` serves as many ticks as the figures are stated
 * for.
 */
import { availableParallelism, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { seededRandom } from '../src/plan/random.ts';
import { MINUTE_MS } from '../src/time.ts';
import { readSeries } from './forecast/series.ts';
import { readSlots } from './lateness/slots.ts';
import { completions } from './on-time/completion.ts';
import { crowd } from './on-time/crowd.ts';
import { load } from './on-time/load.ts';
import { twinBills } from './on-time/twins.ts';
import { DUE_TOGETHER, seconds, type WalkFigures, walks } from './on-time/walk.ts';
import {
  caseOf,
  DAY_MS,
  FIRST_ROUND,
  JUDGED_DAYS,
  JUDGED_FROM,
  KNOWN_FROM,
  taughtPool,
} from './plan/case.ts';
import { madeLateness, recordedLateness } from './plan/lateness-replay.ts';
import { madeSeries } from './plan/made-series.ts';
import { quantile } from './plan/realised.ts';
import { existing, madeSets, readSets } from './plan/sets.ts';

const DATA = '../shared/data';
const LEAST_SCHEDULES = 6;
/** How much is simulated; `full` as the figures are stated for. */
const SIZES = {
  small: { ticks: 1_200, twinRepositories: 2, sets: 4, load: [1_000, 20] },
  full: { ticks: 100_000, twinRepositories: 20, sets: 1_000, load: [10_000, 200] },
} as const;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    sets: { type: 'string' },
    runs: { type: 'string' },
    only: { type: 'string' },
    ticks: { type: 'string' },
    seed: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
  },
});
const seed = Number(values.seed);
const size = SIZES[values.full ? 'full' : 'small'];
const ticks = values.ticks === undefined ? size.ticks : Number(values.ticks);
const latenessFile = values.data ?? existing(`${DATA}/lateness.csv`);
const setsFile = values.sets ?? existing(`${DATA}/cron-sets.json`);
const runsFile = values.runs ?? existing(`${DATA}/runs.csv`);
const until = JUDGED_FROM + (JUDGED_DAYS + 2) * DAY_MS;
const lateness =
  latenessFile === null
    ? madeLateness(KNOWN_FROM, until, seed)
    : recordedLateness(readSlots(latenessFile), KNOWN_FROM, until);
const wanted = (part: string): boolean => values.only === undefined || values.only.split(',').includes(part);
const percent = (part: number, all: number): string => `${((100 * part) / Math.max(1, all)).toFixed(2)} %`;
const minutes = (ms: number): string => `${(ms / MINUTE_MS).toFixed(0)} min`;
const say = (text: string): void => console.log(`simulated  ${text}`);

/** Ms from tick to run, where no walk has measured it. */
let created: readonly number[] = [10_000];

if (wanted('walk') || wanted('calm')) {
  const calm = await walks({ ticks, seed, lateness, troubled: false });
  created = calm.created;
  say(`${calm.ticks} ticks, at most 20 due a minute and installation, GitHub answers as it should`);
  const both = (values: readonly number[]): string =>
    `p50 ${seconds(values, 0.5)}, p99 ${seconds(values, 0.99)}`;
  say(`  request begun after the tick     ${both(calm.begun)}`);
  say(`  one request a second alone       ${both(calm.together.flatMap(({ floor }) => floor))}`);
  for (const [at, { begun, floor }] of calm.together.entries()) {
    const [least, most] = DUE_TOGETHER[at] ?? [0, 0];
    const due = least === most ? `${least}` : `${least} to ${most}`;
    const share = percent(begun.length, calm.begun.length);
    say(
      `  ${due} due in the minute (${share})`.padEnd(35) +
        `${both(begun)}; one a second alone ${both(floor)}`,
    );
  }
  say(`  run created after the tick       ${both(calm.created)}`);
  say(
    `  GitHub's own cron, the same ticks p50 ${minutes(quantile(calm.github, 0.5))}, p90 ` +
      `${minutes(quantile(calm.github, 0.9))}; ${percent(calm.githubNever, calm.ticks)} never`,
  );
  sayTwice('calm', calm);
}

for (const [part, kind, busy] of [
  ['busy', 'with a run of something else every two minutes', true],
  ['quiet', 'repositories without any other run', false],
] as const) {
  if (!['walk', 'troubled', part].some(wanted)) continue;
  const one = await walks({ ticks, seed, lateness, troubled: true, busy }, (sum) =>
    say(`${sum.ticks} ticks so far: started twice ${sum.startedTwice}, ran twice ${sum.ranTwice}`),
  );
  say(`${one.ticks} ticks, 10 restarts, 1 % failing calls, a brown-out of 20 min, ${kind}`);
  say('  with a server up outside of the brown-out');
  say(`    request begun within 5 min     ${percent(one.fairBegun, one.fair)} of ${one.fair}`);
  say(`    run created within 5 min       ${percent(one.fairCreated, one.fair)}`);
  say(`  run created within 5 min, of all ${percent(one.createdInTime, one.ticks)}`);
  say(`  no run within catch-up-within    ${one.missed}`);
  say(`  a crontab calling the endpoint   ${percent(one.crontab, one.ticks)} started at all`);
  sayTwice(kind, one);
}

function sayTwice(name: string, one: WalkFigures): void {
  say(`${name}: twice, of ${one.ticks} ticks`);
  say(`  started twice by Offbeat         ${one.startedTwice}`);
  say(`  ran twice to the end, net: own   ${one.ranTwice}`);
  say(
    `  "already ran today" beside schedule ${one.guarded.twice} of ${one.guarded.ticks} daily ticks ` +
      `(${percent(one.guarded.twice, one.guarded.ticks)})`,
  );
  say(
    `  net: ${one.net.runs} runs, ${one.net.minutes} billed minutes ` +
      `(${(one.net.minutes / Math.max(1, one.net.runs)).toFixed(2)} a run), ${one.net.failed} failed, ` +
      `${one.served.net} ticks served by it`,
  );
}

if (wanted('twins')) {
  say('twins of net: cron, daily ticks, billed minutes by how late GitHub tells of them and by run length');
  for (const bill of await twinBills(size.twinRepositories, seed, lateness)) {
    say(
      `  ${String(bill.delaySeconds).padStart(3)} s, runs of ${String(bill.runMinutes).padStart(2)} min: ` +
        `${bill.cancelled} of ${bill.twins} cancelled, ` +
        `${(bill.minutes / Math.max(1, bill.twins)).toFixed(1)} min a twin`,
    );
  }
}

if (wanted('completion')) {
  const series = runsFile === null ? madeSeries(seed) : readSeries(runsFile);
  const pool = taughtPool(lateness, FIRST_ROUND);
  const cases = (setsFile === null ? madeSets() : readSets(setsFile))
    .filter(({ schedules }) => schedules.length >= LEAST_SCHEDULES)
    .slice(0, size.sets)
    .map((set) => caseOf(set, lateness, series, pool, seed));
  const figures = completions(cases, created, seededRandom(seed));
  const change = (to: number): string => `${(100 * (to / figures.unchanged - 1)).toFixed(1)} %`;
  say(
    `${cases.length} sets, ${figures.ticks} ticks of 49 days; the median run takes ${figures.duration.toFixed(1)} min`,
  );
  say(
    `  tick → completion, median        GitHub's cron ${figures.unchanged.toFixed(1)} min; moves alone ` +
      `${figures.moved.toFixed(1)} (${change(figures.moved)}); on time ${figures.punctual.toFixed(1)} ` +
      `(${change(figures.punctual)})`,
  );
  say(
    `  done three hours after daily ticks GitHub's cron ${percent(figures.keptUnchanged, 1)}, on time ` +
      `${percent(figures.keptPunctual, 1)} of runs that fit; moves keep 9 in 10 ticks of ` +
      `${percent(figures.keptByMoves, 1)} of the schedules`,
  );
}

if (wanted('load')) {
  const { ticks: inLine, begun, outOfOrder } = await load(500, seed);
  say(`${inLine} ticks in one minute, one installation`);
  say(`  request begun after the tick     p50 ${seconds(begun, 0.5)}, last ${seconds(begun, 1)}`);
  say(`  sent after one of a later deadline: ${outOfOrder}`);
}

if (wanted('crowd')) {
  const [many, installations] = size.load;
  const { begun, loopMs, loopCpuMs, cpuSeconds, rssMb } = await crowd(many, installations, seed);
  console.log(
    `measured by the machine's own time, an emulated GitHub in another process: ${many} ticks in one minute, ` +
      `${installations} installations, on files`,
  );
  console.log(
    `  request begun after the tick     ${begun.length}: p50 ${seconds(begun, 0.5)}, p99 ` +
      `${seconds(begun, 0.99)}, last ${seconds(begun, 1)}`,
  );
  console.log(
    `  event loop held up at most ${loopMs.toFixed(0)} ms, ${loopCpuMs.toFixed(0)} ms of processor time at once; ` +
      `processor time ${cpuSeconds.toFixed(0)} s; most memory ${rssMb.toFixed(0)} MB; load of the machine ` +
      `${(loadavg()[0] ?? 0).toFixed(0)} on ${availableParallelism()} cores`,
  );
}
