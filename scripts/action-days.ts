/**
 * Lives sixty days twice: as webhooks to a server, and as steps of a workflow every six hours, each step a process of
 * its own that runs the bundle as a runner would. Prints the requests of each step, and ends with 1 where server and
 * Action have learned or decided anything differently, or a step has sent too many requests:
 *   node scripts/action-days.ts [--days 60] [--every 6]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { liveTwice } from '../test/action/same-as-server.ts';
import { spawnStep } from '../test/action/spawned.ts';
import { bundleAction } from './action-bundle.ts';

/** Besides one for each scheduled run that has ended since the step before. */
const MOST_CALLS = 30;

const { values } = parseArgs({
  options: { days: { type: 'string', default: '60' }, every: { type: 'string', default: '6' } },
});
/** The first entries of two lists that differ, as JSON. */
function firstDifference(one: unknown, other: unknown): string {
  if (!Array.isArray(one) || !Array.isArray(other)) return '';
  const at = one.findIndex((entry, place) => JSON.stringify(entry) !== JSON.stringify(other[place]));
  const [mine, theirs] = [one, other].map((list) => JSON.stringify(list[at]));
  return `  of ${one.length} and ${other.length}, number ${at}:\n  ${mine}\n  ${theirs}`;
}

const directory = mkdtempSync(join(tmpdir(), 'offbeat-days-'));
try {
  const bundle = join(directory, 'dist/action/index.mjs');
  await bundleAction(bundle);
  const { server, action, steps, stateBytes } = await liveTwice(
    Number(values.days),
    Number(values.every),
    async (world) => {
      const ran = await spawnStep(world, pathToFileURL(bundle).href);
      if (ran.code !== 0) throw new Error(ran.stdout);
      return { calls: Number(ran.outputs.get('calls')), said: ran.stdout };
    },
  );
  console.log(`requests of ${steps.length} steps: ${steps.map(({ calls }) => calls).join(' ')}`);
  const over = steps.filter(({ calls, scheduled }) => calls > MOST_CALLS + scheduled).length;
  const sum = steps.reduce((all, { calls }) => all + calls, 0);
  console.log(
    `${(sum / steps.length).toFixed(1)} in the mean, ${Math.max(...steps.map(({ calls }) => calls))} at most, ` +
      `${over} steps over ${MOST_CALLS} and one a scheduled run`,
  );
  console.log(`state branch: ${(stateBytes / 2 ** 20).toFixed(2)} MB`);
  const parts = ['runs', 'streams', 'schedules', 'strategies', 'decisions'] as const;
  for (const part of parts) {
    // What a document lacks is not there, and not `undefined`.
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    const isSame = isDeepStrictEqual(plain(server[part]), plain(action[part]));
    console.log(`${part}: ${isSame ? 'the same' : 'DIFFERENT'}`);
    if (!isSame) process.exitCode = 1;
    if (!isSame) console.log(firstDifference(server[part], action[part]));
  }
  if (over > 0) process.exitCode = 1;
} finally {
  rmSync(directory, { recursive: true, force: true });
}
