import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The checker calls nothing read a success; a house of fewer modules than this was not read. */
const FEWEST_MODULES = 100;

const target = process.argv[2] ?? 'src';
const fewest = target === 'src' ? FEWEST_MODULES : 1;
const run = spawnSync(
  join('node_modules', '.bin', 'depcruise'),
  ['--config', '.dependency-cruiser.mjs', '--output-type', 'err', target],
  {
    encoding: 'utf8',
  },
);
const text = `${run.stdout}${run.stderr}`;
process.stdout.write(text);
const modules = Number(/(\d+) modules/.exec(text)?.[1] ?? 0);
if (run.error !== undefined) {
  process.stderr.write(`The layer check could not run: ${run.error.message}\n`);
  process.exitCode = 2;
} else if (modules < fewest) {
  process.stderr.write(`The layer check has read ${modules} modules; at least ${fewest} were expected.\n`);
  process.exitCode = 1;
} else {
  process.exitCode = run.status ?? 2;
}
