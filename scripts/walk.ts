import { parseArgs } from 'node:util';
import { prepareWalks, tellWalk } from '../test/walk/walks.ts';

/**
 * Walks over what GitHub may answer: any endpoint, any class of answer, at any moment of ten simulated days. Says of
 * each walk whether the App lost nothing, did nothing twice, kept nobody waiting and named what was refused; ends with
 * 1 where one did not hold.
 *
 *     npm run walk -- --seeds 200 [--first-seed 1]
 *     npm run walk -- --seed 17
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '20' },
      'first-seed': { type: 'string', default: '1' },
      seed: { type: 'string' },
    },
  });
  const first = Number(values.seed ?? values['first-seed']);
  const count = values.seed === undefined ? Number(values.seeds) : 1;
  if (!Number.isSafeInteger(first) || !Number.isSafeInteger(count)) {
    console.error('--seeds, --first-seed, --seed: write whole numbers.');
    return 2;
  }
  const walks = await prepareWalks();
  const figures = { held: 0, troubled: 0, redriven: 0 };
  try {
    for (let seed = first; seed < first + count; seed += 1) {
      const started = performance.now();
      const walked = await walks.walk(seed);
      const { broken, troubled, redriven } = walked;
      if (broken.length === 0) figures.held += 1;
      figures.troubled += troubled.length;
      figures.redriven += redriven;
      const seconds = ((performance.now() - started) / 1_000).toFixed(1);
      console.log(
        `seed ${seed}: ${broken.length === 0 ? 'held' : 'BROKEN'}; ${troubled.length} requests troubled, ` +
          `${redriven} deliveries put back by the operator, ${seconds} s`,
      );
      if (broken.length > 0 || values.seed !== undefined)
        for (const line of tellWalk(walked)) console.log(`  ${line}`);
    }
  } finally {
    await walks.drop();
  }
  console.log(
    `${figures.held} of ${count} walks held; ${figures.troubled} requests were troubled, ` +
      `${figures.redriven} deliveries put back by the operator.`,
  );
  return figures.held === count ? 0 : 1;
}

process.exitCode = await main();
