/**
 * What a plan is worth, in a world that is not the planner's model: lateness of later months is replayed from
 * recorded ticks, durations from recorded runs, while the planner knows only what production code learned before.
 *   npm run bench:plan [-- --sets cron-sets.json --lateness lateness.csv --runs runs.csv]
 * Without recorded data, sets, lateness and durations are made.
 */
import { parseArgs } from 'node:util';
import { parseConfig } from '../src/config/parse.ts';
import { emptyLatenessPool } from '../src/forecast/lateness-pool.ts';
import { mean } from '../src/statistics.ts';
import { readSeries, type Series } from './forecast/series.ts';
import { readSlots } from './lateness/slots.ts';
import { afterEachRun } from './plan/after-one-run.ts';
import { provenPlan } from './plan/bounds.ts';
import {
  type Case,
  caseOf,
  DAY_MS,
  FIRST_ROUND,
  HISTORY_DAYS,
  inputOf,
  JUDGED_DAYS,
  JUDGED_FROM,
  KNOWN_FROM,
  taughtPool,
} from './plan/case.ts';
import { calibrationError, judgedMoves } from './plan/confidence.ts';
import { deadlinesOf, isKept } from './plan/deadlines.ts';
import { drifted } from './plan/edits.ts';
import { markedOf } from './plan/importance.ts';
import { madeLateness, recordedLateness } from './plan/lateness-replay.ts';
import { madeSeries } from './plan/made-series.ts';
import { outcomeOf, summaries } from './plan/outcomes.ts';
import { highsSolver } from './plan/proof/highs.ts';
import { quantile } from './plan/realised.ts';
import { rulesKept } from './plan/rules.ts';
import { type CronSet, existing, madeSet, madeSets, readSets } from './plan/sets.ts';
import { besideOthers } from './plan/shared.ts';
import { repeated, speedOf } from './plan/speed.ts';
import { deadlineMoves } from './plan/unseen.ts';

const DATA = '../shared/data';
const LEAST_SCHEDULES = 6;

/** What the default configuration asks of a move. */
const PROPOSED_FROM = parseConfig('')['min-confidence'];
/** For one rest of a model. */
const MOST_SOLVING_SECONDS = 60;
/** Sizes whose plans are proven, on so many sets each. */
const PROVEN = [
  { count: 6, share: 1, seeds: 6, seconds: 60 },
  { count: 8, share: 1, seeds: 6, seconds: 60 },
  { count: 10, share: 0.3, seeds: 6, seconds: 60 },
  { count: 10, share: 1, seeds: 6, seconds: 60 },
  { count: 20, share: 0.3, seeds: 3, seconds: 120 },
  { count: 20, share: 1, seeds: 3, seconds: 120 },
  { count: 100, share: 1, seeds: 2, seconds: 60 },
  { count: 1000, share: 1, seeds: 1, seconds: 120 },
] as const;

/** Other repositories of an installation that share its runners. */
const NEIGHBOURS = [10, 1_000, 10_000];

/** Sizes whose planning is timed: a set of so many, so many times over. */
const TIMED = [
  { count: 10, times: 1, repetitions: 20 },
  { count: 30, times: 1, repetitions: 20 },
  { count: 100, times: 1, repetitions: 100 },
  { count: 300, times: 1, repetitions: 5 },
  { count: 100, times: 10, repetitions: 2 },
  { count: 100, times: 100, repetitions: 1 },
] as const;
/** Sizes at which one more run is looked at, and after how many runs each; the first of them warm the code up. */
const AFTER_ONE_RUN = [10, 100, 1000] as const;
const RUNS_LOOKED_AT = 250;
const RUNS_TO_WARM_UP = 50;
const A_FEW = 3;
/** Seasonal drift is played over so many days, on made sets of twelve: the even ones were tuned on. */
const DRIFT_DAYS = 180;
const DRIFT_SEEDS = [200, 201, 202, 203];
const DRIFT_SCHEDULES = 12;
/** More than anybody makes. */
const MANY_EDITS = 1000;

const { values } = parseArgs({
  options: {
    sets: { type: 'string' },
    lateness: { type: 'string' },
    runs: { type: 'string' },
    only: { type: 'string' },
    seed: { type: 'string', default: '1' },
  },
});
const seed = Number(values.seed);
const setsFile = values.sets ?? existing(`${DATA}/cron-sets.json`);
const latenessFile = values.lateness ?? existing(`${DATA}/lateness.csv`);
const runsFile = values.runs ?? existing(`${DATA}/runs.csv`);
const to = JUDGED_FROM + (JUDGED_DAYS + 2) * DAY_MS;
const replay =
  latenessFile === null
    ? madeLateness(KNOWN_FROM, to, seed)
    : recordedLateness(readSlots(latenessFile), KNOWN_FROM, to);
const series: readonly Series[] = runsFile === null ? madeSeries(seed) : readSeries(runsFile);
const pool = taughtPool(replay, FIRST_ROUND);
const wanted = (part: string): boolean => values.only === undefined || values.only.split(',').includes(part);
const fine = (share: number): string => `${(100 * share).toFixed(2)} %`;
const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

function casesOf(sets: readonly CronSet[], more: number): readonly Case[] {
  return sets
    .filter(({ schedules }) => schedules.length >= LEAST_SCHEDULES)
    .map((set) => caseOf(set, replay, series, pool, seed + more));
}

console.log(
  `lateness ${latenessFile === null ? 'made' : 'recorded'}, durations ` +
    `${runsFile === null ? 'made' : 'recorded'}; known until 2026-06-30, judged on the ${JUDGED_DAYS} days after`,
);
const needsSets = ['outcomes', 'confidence', 'deadlines', 'importance'].some(wanted);
const groups = needsSets
  ? [
      ...(setsFile === null ? [] : [{ name: 'real sets', cases: casesOf(readSets(setsFile), 0) }]),
      { name: 'made sets', cases: casesOf(madeSets(), 0) },
    ]
  : [];

if (wanted('outcomes')) {
  for (const { name, cases } of groups) {
    const outcomes = cases.map(outcomeOf);
    for (const [half, some] of [
      ['tuned on', outcomes.filter(({ of }) => of.tuned)],
      ['only reported', outcomes.filter(({ of }) => !of.tuned)],
      ['all', outcomes],
    ] as const) {
      console.log(
        `\n${name}, ${half}: ${some.length} of at least ${LEAST_SCHEDULES} schedules; change against unchanged, ` +
          'median set (sum of all)',
      );
      const rows = summaries(some);
      const hash = rows.find((row) => row.name === 'Jenkins hash');
      for (const row of rows) {
        const ofHash = (1 + row.overlapSum) / (1 + (hash?.overlapSum ?? 0));
        console.log(
          `${row.name.padEnd(24)} tick to completion ${percent(row.completion).padStart(8)}  peak above widest ` +
            `${percent(row.peak).padStart(8)} (${percent(row.peakSum)})  overlap ` +
            `${percent(row.overlap).padStart(8)} (${percent(row.overlapSum)}), ${ofHash.toFixed(2)} of hash's  ` +
            `moved ${percent(row.movedShare).padStart(7)}  worse in ${row.worse.length}`,
        );
        if (half === 'all' && row.name.startsWith('ours') && row.worse.length > 0)
          console.log(`  ${row.worse.join('; ')}`);
      }
    }
  }
}

if (wanted('importance')) {
  for (const { name, cases } of groups) {
    const marked = cases.flatMap(markedOf);
    console.log(`\n${name}: one schedule marked, one round, by the plan's own forecasts`);
    for (const [word, factor] of [
      ['high', 2],
      ['normal', 1],
      ['low', 0.5],
    ] as const) {
      const some = marked.filter((one) => one.factor === factor);
      const of = (read: (one: (typeof some)[number]) => number): number => mean(some.map(read));
      console.log(
        `${word.padEnd(7)} moves in ${percent(of(({ moves }) => Number(moves)))} of ${some.length}  its wait ` +
          `${(-of(({ ownSaved }) => ownSaved)).toFixed(1)} min  the others' ` +
          `${(-of(({ othersSaved }) => othersSaved)).toFixed(2)} min  overlap ` +
          `${percent(of(({ overlap }) => overlap))} of today's`,
      );
    }
  }
}

if (wanted('confidence')) {
  const moves = groups.flatMap(({ cases }) => cases.flatMap((of) => judgedMoves(of, {})));
  const share = (of: typeof moves, is: (one: (typeof moves)[number]) => boolean): string =>
    percent(of.filter(is).length / Math.max(1, of.length));
  const sure = moves.filter(({ confidence }) => confidence >= PROPOSED_FROM);
  console.log(
    `\nconfidence: ${moves.length} moves judged, calibration error ${calibrationError(moves).toFixed(3)}; of ` +
      `${sure.length} sure enough to be proposed ${share(sure, ({ improved }) => improved)} improve, ` +
      `${share(sure, ({ kept }) => kept)} bring at least half of what was promised (all: ` +
      `${share(moves, ({ improved }) => improved)}, ${share(moves, ({ kept }) => kept)})`,
  );
}

if (wanted('rules')) {
  const sets = setsFile === null ? madeSets() : readSets(setsFile);
  const cases = sets.map((set) => caseOf(set, replay, series, pool, seed));
  console.log(`\nrules, ${cases.length} sets of any size, one round`);
  for (const [name, rules] of [
    ['before them', 'none'],
    ['no floor', 'no floor'],
    ['with them', 'all'],
  ] as const) {
    const kept = cases.map((of) => rulesKept(of, rules));
    const sum = (value: (one: (typeof kept)[number]) => number): number =>
      kept.reduce((total, one) => total + value(one), 0);
    const moves = sum((one) => one.moves);
    console.log(
      `${name.padEnd(12)} moves ${moves} of ${sum((one) => one.schedules)}, to another day ` +
        `${sum((one) => one.dayChanges)}, new crowds ${sum((one) => one.newCrowds)}, half start later by the clock ` +
        `${sum((one) => one.laterStarts)}, for less delay alone ${sum((one) => one.laterForDelay)}; a move saves ` +
        `${(sum((one) => one.minutesSaved) / Math.max(1, moves)).toFixed(1)} min of median delay and starts ` +
        `${(sum((one) => one.minutesEarlier) / Math.max(1, moves)).toFixed(1)} min earlier by the clock`,
    );
  }
}

if (wanted('bounds')) {
  const solve = await highsSolver(MOST_SOLVING_SECONDS);
  console.log(
    '\ngap to the proven bound (thresholds of gain and confidence off; from 100 on as many runners as wanted)\n' +
      '  exact: all cheaper plans ruled out (dual ascent, branching, HiGHS); branch-and-bound: cut short; ' +
      'relaxation: Frank–Wolfe',
  );
  for (const { count, share, seeds, seconds } of PROVEN) {
    const proven = Array.from({ length: seeds }, (_, at) => {
      const of = caseOf(madeSet(count, 100 + at), replay, series, pool, seed);
      return provenPlan(inputOf(of, FIRST_ROUND, { maxChangeShare: share }), solve, seconds);
    });
    const gaps = proven.map(({ gap }) => gap);
    const methods = [...new Set(proven.map(({ method }) => method))].join(', ');
    console.log(
      `N ${String(count).padStart(5)}, up to ${percent(share)} move: median ${fine(quantile(gaps, 0.5))}, ` +
        `largest ${fine(Math.max(...gaps))} of ${seeds} (${methods}; ` +
        `${Math.max(...proven.map((one) => one.seconds)).toFixed(1)} s at most)`,
    );
  }
}

if (wanted('deadlines')) {
  for (const { name, cases } of groups) {
    const all = cases.flatMap(deadlinesOf);
    const reachable = all.filter(({ best }) => isKept(best));
    const kept = (some: typeof all, method: 'unchanged' | 'hash' | 'ours'): string =>
      percent(some.filter((one) => isKept(one[method])).length / Math.max(1, some.length));
    const late = (some: typeof all, method: 'unchanged' | 'hash' | 'ours' | 'best'): string =>
      percent(some.reduce((sum, one) => sum + one[method], 0) / Math.max(1, some.length));
    console.log(
      `\ndeadlines three hours after the tick, ${name}: ${all.length} daily schedules, a candidate keeps it (at ` +
        `most 10 % late) for ${reachable.length} (${percent(reachable.length / Math.max(1, all.length))})`,
    );
    for (const method of ['unchanged', 'hash', 'ours'] as const)
      console.log(
        `${method.padEnd(10)} kept ${kept(reachable, method)} of the reachable; late there ` +
          `${late(reachable, method)} of ticks, of all ${late(all, method)} (best candidate in hindsight ` +
          `${late(reachable, 'best')}, ${late(all, 'best')})`,
      );
  }
}

if (wanted('unseen')) {
  const sets = setsFile === null ? madeSets() : readSets(setsFile);
  console.log(
    '\nconfidence of moves for a deadline three hours after the tick, by whether the hour was seen',
  );
  for (const [name, known] of [
    ['others have taught', pool],
    ['nobody has taught', emptyLatenessPool()],
  ] as const) {
    const moves = sets.flatMap((set) => deadlineMoves(caseOf(set, replay, series, known, seed)));
    for (const unseen of [false, true]) {
      const some = moves.filter((move) => move.unseen === unseen);
      const said = some.reduce((sum, { confidence }) => sum + confidence, 0) / Math.max(1, some.length);
      const came = some.filter(({ kept }) => kept).length / Math.max(1, some.length);
      console.log(
        `${name.padEnd(20)} hour ${unseen ? 'not seen' : 'seen'.padEnd(8)} ${String(some.length).padStart(4)} ` +
          `moves, said ${percent(said)}, half of the gain came in ${percent(came)}`,
      );
    }
  }
}

if (wanted('edits')) {
  const from = KNOWN_FROM + HISTORY_DAYS * DAY_MS;
  const known = taughtPool(replay, from);
  const policies = [
    { name: 'never', everyDays: 0, settings: {} },
    { name: 'no limit of edits, every 14 days', everyDays: 14, settings: { maxEdits: MANY_EDITS } },
    { name: 'as configured, every 14 days', everyDays: 14, settings: {} },
    { name: 'as configured, every day', everyDays: 1, settings: {} },
    {
      name: 'every day, no thresholds',
      everyDays: 1,
      settings: {
        dwellDays: 0,
        minGain: 0,
        minConfidence: 0,
        onlyNoticeable: false,
        maxChangeShare: 1,
        maxEdits: MANY_EDITS,
      },
    },
  ] as const;
  console.log(
    `\nedits over ${DRIFT_DAYS} days of drift, made sets of ${DRIFT_SCHEDULES}; the daily plan's benefit is 100 %`,
  );
  for (const [half, seeds] of [
    ['tuned on', DRIFT_SEEDS.filter((one) => one % 2 === 0)],
    ['only reported', DRIFT_SEEDS.filter((one) => one % 2 !== 0)],
  ] as const) {
    const played = policies.map(({ name, everyDays, settings }) => {
      const results = seeds.map((one) =>
        drifted(
          caseOf(madeSet(DRIFT_SCHEDULES, one), replay, series, known, seed, from),
          from,
          DRIFT_DAYS,
          everyDays,
          settings,
        ),
      );
      const mean = (figure: (one: (typeof results)[number]) => number): number =>
        results.reduce((total, one) => total + figure(one), 0) / seeds.length;
      return {
        name,
        edits: mean(({ edits }) => edits) / DRIFT_SCHEDULES,
        completion: mean(({ completionMinutes }) => completionMinutes),
        overlap: mean(({ overlapMinutes }) => overlapMinutes),
      };
    });
    const [never, daily] = [played[0], played.at(-1)];
    if (never === undefined || daily === undefined) continue;
    type Played = typeof never;
    // What the objective weighs: overlap once, lateness twice.
    const both = ({ completion, overlap }: Played): number =>
      overlap / never.overlap + (2 * completion) / never.completion;
    const share = (one: Played, figure: (of: Played) => number): string =>
      percent((figure(never) - figure(one)) / (figure(never) - figure(daily)));
    for (const one of played)
      console.log(
        `${half.padEnd(14)} ${one.name.padEnd(32)} ${one.edits.toFixed(2)} edits a schedule, tick to completion ` +
          `${one.completion.toFixed(1)} min (${share(one, (of) => of.completion)}), overlap ` +
          `${one.overlap.toFixed(0)} min a week (${share(one, (of) => of.overlap)}), both as weighed ` +
          `${share(one, both)}`,
      );
  }
}

if (wanted('speed')) {
  console.log('\ntime to plan: by the clock (median, p99), CPU, peak memory of the process so far');
  for (const { count, times, repetitions } of TIMED) {
    const input = repeated(
      inputOf(caseOf(madeSet(count, 300), replay, series, pool, seed), FIRST_ROUND),
      times,
    );
    const { schedules, medianMs, p99Ms, cpuMs, peakMegabytes } = speedOf(input, repetitions);
    console.log(
      `N ${String(schedules).padStart(6)}  ${medianMs.toFixed(0)} ms, ${p99Ms.toFixed(0)} ms, CPU ` +
        `${cpuMs.toFixed(0)} ms, ${(cpuMs / schedules).toFixed(2)} ms a schedule, ${peakMegabytes.toFixed(0)} MB`,
    );
  }
  console.log('\nrunners shared in an installation, N 100, processor time (medians)');
  for (const repositories of NEIGHBOURS) {
    const input = inputOf(caseOf(madeSet(100, 300), replay, series, pool, seed), FIRST_ROUND);
    const { addedUpMs, leftMs, aloneMs, besideMs } = besideOthers(input, repositories, 11);
    console.log(
      `${String(repositories).padStart(8)} others  adding up what they have left ${addedUpMs.toFixed(1)} ms, ` +
        `leaving its own ${leftMs.toFixed(1)} ms; a plan without them ${aloneMs.toFixed(0)} ms, with them ` +
        `${besideMs.toFixed(0)} ms`,
    );
  }
  console.log(
    `\nafter one more scheduled run: how often more than ${A_FEW} schedules have another forecast (a median ` +
      'lateness more than 1 % off), then the least that a re-plan of all does, processor time (median, p99)',
  );
  for (const count of AFTER_ONE_RUN) {
    const of = caseOf(madeSet(count, 300), replay, series, pool, seed);
    const rows = afterEachRun(of, FIRST_ROUND, RUNS_LOOKED_AT).slice(RUNS_TO_WARM_UP);
    type Row = (typeof rows)[number];
    const often = (figure: (row: Row) => number): string =>
      percent(rows.filter((row) => figure(row) > A_FEW).length / rows.length);
    const times = (figure: (row: Row) => number): string =>
      `${quantile(rows.map(figure), 0.5).toFixed(1)} ms, ${quantile(rows.map(figure), 0.99).toFixed(1)} ms`;
    console.log(
      `N ${String(count).padStart(6)}, ${rows.length} runs: ${often((row) => row.changed)} ` +
        `(${often((row) => row.changedMuch)})  forecasts ${times((row) => row.forecastsMs)}; their costs and load ` +
        `${times((row) => row.modelMs)}; an evaluation each ${times((row) => row.evaluationsMs)}; together ` +
        `${times((row) => row.forecastsMs + row.modelMs + row.evaluationsMs)}`,
    );
  }
}
