/**
 * What the server takes and holds, each figure beside its bar and its peer, as tables for `docs/benchmarks.md`:
 * `node bench/server.ts [--only accept,path,hostile,scale,workers] [--runs 100000]`. `--runs` makes the history of `scale`
 * smaller. PostgreSQL is that of `BENCH_DATABASE_URL`.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAccept } from './server/accept.ts';
import { type Figure, table } from './server/figures.ts';
import { benchHostile } from './server/hostile.ts';
import { benchScale } from './server/scale.ts';
import { benchWholePath } from './server/whole-path.ts';
import { benchWorkers } from './server/workers.ts';

const { values } = parseArgs({
  options: { only: { type: 'string' }, runs: { type: 'string', default: '1000000' } },
});

const SECTIONS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  accept: () => benchAccept({ rounds: 5, seconds: 4 }),
  path: () => benchWholePath({ thin: { rounds: 3, runs: 20_000 }, all: { rounds: 3, runs: 5_000 } }),
  hostile: benchHostile,
  workers: () => benchWorkers({ rounds: 3, runs: 2_000 }),
  scale: () => benchScale({ runs: Number(values.runs) }),
};

const asked = values.only?.split(',') ?? Object.keys(SECTIONS);
for (const name of asked) {
  const section = SECTIONS[name];
  if (section === undefined) throw new Error(`--only knows ${Object.keys(SECTIONS).join(', ')}.`);
  const began = performance.now();
  const figures = await section();
  const minutes = ((performance.now() - began) / 60_000).toFixed(1);
  console.log(
    `\n${name}: ${new Date().toISOString().slice(0, 16)} UTC, ${minutes} min, load ${loadavg()[0]?.toFixed(1)}\n`,
  );
  console.log(table(figures));
}
