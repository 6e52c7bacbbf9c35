/**
 * What the server takes and holds, each figure beside its bar and its peer: `node bench/server.ts [section …]`.
 * `runs=100000` makes the history of the section `scale` smaller.
 */
import { benchAccept } from './server/accept.ts';
import { type Figure, print } from './server/figures.ts';
import { benchHostile } from './server/hostile.ts';
import { benchScale } from './server/scale.ts';
import { benchWholePath } from './server/whole-path.ts';

const RUNS = /^runs=(\d+)$/;
const runs = Number(
  process.argv.map((word) => RUNS.exec(word)?.[1]).find((text) => text !== undefined) ?? 1_000_000,
);

const SECTIONS: Readonly<Record<string, () => Promise<readonly Figure[]>>> = {
  accept: () => benchAccept({ rounds: 7, seconds: 4 }),
  path: () => benchWholePath({ rounds: 5, runs: 20_000 }),
  hostile: benchHostile,
  scale: () => benchScale({ runs }),
};

const asked = process.argv.slice(2).filter((word) => !RUNS.test(word));
for (const [name, run] of Object.entries(SECTIONS)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  console.log(name);
  for (const figure of await run()) print(figure);
}
