/**
 * Strategies against the fixed default and the original rule set, on repositories drawn from recorded series:
 *   npm run bench:strategies -- --data runs.csv [--seed 1] [--full] [--only changes]
 * `--full` lets the growing repository reach 1,000,000 runs; `--only changes` prints how changes are got over, which
 * takes no data.
 */
import { parseArgs } from 'node:util';
import { DEFAULT_GENES, type Genes } from '../src/genes/genes.ts';
import { seededRandom } from '../src/plan/random.ts';
import { adapt } from '../src/strategy/adapt.ts';
import { defaultStrategy, emptyPopulation } from '../src/strategy/population.ts';
import { readSeries } from './forecast/series.ts';
import { PATTERNS, recoveries } from './strategies/changes.ts';
import { grow } from './strategies/growth.ts';
import { scoreNewcomers } from './strategies/newcomer.ts';
import { adaptUpAndDown, playOriginal } from './strategies/original.ts';
import { play, SEEN_SHARE } from './strategies/pipeline.ts';
import { recoverAlone, recoverTogether } from './strategies/recovery.ts';
import { drawRepositories } from './strategies/repositories.ts';
import { lossPercent, mean, type Scored, scoresOf } from './strategies/score.ts';
import { replayErrors } from './strategies/slots.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    seed: { type: 'string', default: '1' },
    full: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});
if (values.only !== undefined && values.only !== 'changes') {
  console.error('--only takes: changes');
  process.exit(2);
}
if (values.only === 'changes') {
  tellChanges();
  process.exit(0);
}
if (values.data === undefined) {
  console.error('Name the data: npm run bench:strategies -- --data runs.csv');
  process.exit(2);
}
const REPOSITORIES = 40;
const seed = Number(values.seed);
const series = readSeries(values.data);
const repositories = drawRepositories(series, REPOSITORIES, seededRandom(seed));
const f = (value: number, digits = 3): string => value.toFixed(digits).padStart(8);

title(`Unseen runs of ${REPOSITORIES} repositories: the newest ${100 - 100 * SEEN_SHARE} % of each`);
const played = repositories.map(play);
const random = seededRandom(seed + 1);
const original = repositories.map((one) => playOriginal(one, 'means', random));
const originalExperts = repositories.map((one) => playOriginal(one, 'experts', random));
const originalExpertsAtRest = repositories.map((one) => playOriginal(one, 'experts', random, false));
console.log(
  `${''.padEnd(34)} mean error   ≤ 25 %  performance  accuracy score  calibration error of confidence`,
);
row(
  'strategies in use',
  played.map(({ inUse }) => inUse),
);
row(
  'fixed default',
  played.map(({ fixed }) => fixed),
);
row('original rules', original);
row('original rules on our experts', originalExperts);

title('Gate: performance lacking against the fixed default, percent of it');
const lacking = (name: string, scored: readonly (readonly Scored[])[]): void => {
  const losses = scored.map((one, at) => lossPercent(one, played[at]?.fixed ?? []));
  console.log(`${name.padEnd(34)} mean ${f(mean(losses))}   worst repository ${f(Math.max(...losses))}`);
};
lacking(
  'strategies in use',
  played.map(({ inUse }) => inUse),
);
lacking('original rules', original);
lacking('original rules on our experts', originalExperts);
lacking('  the same, never adapted or evolved', originalExpertsAtRest);
const sum = (of: (one: (typeof played)[number]) => number): number =>
  played.reduce((total, one) => total + of(one), 0);
console.log(
  `${sum((one) => one.kept)} of ${sum((one) => one.tried)} children kept; a round takes ` +
    `${(sum((one) => one.evolveMs) / sum((one) => one.evolutions)).toFixed(1)} ms`,
);

title('Recovery from bad genes: percent of the default’s performance lacking, unseen');
const together = recoverTogether(repositories, seededRandom(seed + 2));
console.log(
  'parents chosen on 10 repositories, children proven on 10 others, judged on 20: ' +
    `${together.before.toFixed(2)} at first, ${together.after24.toFixed(2)} after at most 24 replays; ` +
    `within 1 % after ${together.replays ?? 'more than 60'} replays`,
);
const alone = repositories.map((one, at) => recoverAlone(one, SEEN_SHARE, seededRandom(seed + 3 + at)));
console.log(
  'each repository by itself, on ' +
    `${Math.round(mean(repositories.map(({ runs }) => runs.length * SEEN_SHARE)))} runs: ` +
    `${mean(alone.map((one) => one.before)).toFixed(2)} at first, ` +
    `${mean(alone.map((one) => one.after24)).toFixed(2)} after; within 1 % in ` +
    `${alone.filter(({ replays }) => replays !== null && replays <= 24).length} of ${alone.length}`,
);

tellChanges();

title('10,000 constant inputs: genes at the end');
const ours = constant((strategy) => strategy);
console.log(`ours      ${genesOf(ours)}`);
let stepped: Genes = DEFAULT_GENES;
for (let at = 0; at < 10_000; at++) stepped = adaptUpAndDown(stepped, 0.1, []);
console.log(`original  ${genesOf(stepped)}`);

title('First 20 forecasts of a new repository, without and with what its neighbours learned');
const newcomers = scoreNewcomers(series);
for (const [name, one] of Object.entries(newcomers)) {
  console.log(
    `${name.padEnd(10)} pinball ${f(one.pinball, 4)}   coverage of 90 % ${f(one.coverage)}   mean error ` +
      `${f(one.meanError, 4)}   Brier score of confidence ${f(one.brier, 4)}`,
  );
}

title('Replay of slot choices at 10 % exploration: root mean squared error, hours');
const slots = replayErrors();
console.log(`doubly robust ${f(slots.doublyRobust)}   plain ${f(slots.plain)}`);

title('A repository of 100 daily workflows as its history grows, ten strategies');
const sizes = [1_000, 10_000, 100_000, ...(values.full ? [1_000_000] : [])];
for (const one of grow(100, sizes)) {
  console.log(
    `${String(one.runs).padStart(9)} runs: decision ${one.decisionMs.toFixed(1).padStart(7)} ms   learn ` +
      `${one.learnMicroseconds.toFixed(0).padStart(4)} µs a run   learned state ` +
      `${one.stateKilobytes.toFixed(0).padStart(6)} kB   original’s forecasts ` +
      `${one.originalMs.toFixed(2).padStart(8)} ms`,
  );
}

function title(text: string): void {
  console.log(`\n${text}`);
}

function tellChanges(): void {
  title(
    'Changing patterns: runs until the error stays within 1.2 × the floor (error above it, summed; mean ' +
      'error before and after)',
  );
  for (const made of PATTERNS) {
    const all = Object.entries(recoveries(made)).map(
      ([method, { runs, excess, meanError }]) =>
        `${method} ${String(runs).padStart(3)} (${excess.toFixed(2)}; ${meanError.toFixed(3)})`,
    );
    console.log(`${made.name.padEnd(34)} ${all.join('   ')}`);
  }
}

function row(name: string, scored: readonly (readonly Scored[])[]): void {
  const one = scoresOf(scored);
  console.log(
    `${name.padEnd(34)} ${f(one.meanError, 4)}   ${f(one.within25)}     ${f(one.performance, 4)}        ` +
      `${f(one.accuracyScore, 1)}                         ${f(one.calibrationError)}`,
  );
}

function constant(start: (strategy: ReturnType<typeof defaultStrategy>) => typeof strategy): Genes {
  let strategy = start(defaultStrategy(emptyPopulation(0)));
  for (let at = 0; at < 10_000; at++) {
    strategy =
      adapt(strategy, { reward: 1, usual: 0, failed: true, trend: 'declining', gain: 0 }, at)?.strategy ??
      strategy;
  }
  return strategy.parameters;
}

function genesOf(genes: Genes): string {
  return Object.entries(genes)
    .map(([name, value]) => `${name} ${value.toFixed(3)}`)
    .join('  ');
}
