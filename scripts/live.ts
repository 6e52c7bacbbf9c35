import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { environmentOf } from '../src/cli/environment.ts';
import { failureSentence } from '../src/cli/failure.ts';
import { readEnv } from '../src/env.ts';
import { tableOf } from './live/findings.ts';
import { liveRun } from './live/live-run.ts';

/**
 * Looks at what a real GitHub does, in a sandbox repository through a registered App, and says which of the facts that
 * Offbeat relies on it has confirmed; docs/live.md says how to make both. Ends with 1 where a fact is refuted, a step
 * has failed or something is left behind, with 2 where it cannot begin, with 130 after Ctrl-C.
 *
 *     npm run live -- OWNER/REPO [--yes] [--json FILE] [--forbidden-branch NAME] [--twin-minutes 15] [--clean]
 */

const REPOSITORY = /^([\w.-]+)\/([\w.-]+)$/;
const USAGE =
  'Usage: npm run live -- OWNER/REPO [--yes] [--json FILE] [--forbidden-branch NAME] [--twin-minutes 15] [--clean]';
/** Looking takes about 30 of the 5,000 requests an hour each minute. */
const LONGEST_TWIN_MINUTES = 120;
const INTERRUPTED = 130;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      yes: { type: 'boolean', default: false },
      clean: { type: 'boolean', default: false },
      json: { type: 'string' },
      'forbidden-branch': { type: 'string' },
      'twin-minutes': { type: 'string', default: '15' },
    },
  });
  const [, owner, repo] = REPOSITORY.exec(positionals[0] ?? '') ?? [];
  const twinMinutes = Number(values['twin-minutes']);
  const isSpan = Number.isInteger(twinMinutes) && twinMinutes >= 0 && twinMinutes <= LONGEST_TWIN_MINUTES;
  if (owner === undefined || repo === undefined || positionals.length > 1 || !isSpan) {
    console.error(USAGE);
    return 2;
  }
  const env = readEnv(await environmentOf({ env: process.env }));
  if (!values.yes && !(await isAgreed(`${owner}/${repo}`))) return 2;
  const stop = new AbortController();
  process.once('SIGINT', () => {
    console.error(
      'Stopping; what was made is taken away. Ctrl-C once more leaves it, --clean takes it away later.',
    );
    stop.abort();
  });
  process.once('SIGTERM', () => stop.abort());
  const report = await liveRun({
    env,
    name: { owner, repo },
    forbiddenBranch: values['forbidden-branch'] ?? null,
    twinMinutes,
    onlyClean: values.clean,
    time: {
      now: () => Date.now(),
      async wait(ms) {
        await sleep(ms, undefined, { signal: stop.signal });
      },
    },
    stop: stop.signal,
    say: (line) => console.error(line),
  });
  if (values.json !== undefined) await writeFile(values.json, `${JSON.stringify(report, null, 2)}\n`);
  if (!values.clean) console.log(tableOf(report.findings, process.stdout.columns));
  for (const sentence of report.failures) console.log(`Failed. ${sentence}`);
  for (const sentence of report.left) console.log(`Left behind: ${sentence}`);
  const isRefuted = report.findings.some(({ outcome }) => outcome === 'refuted');
  if (report.interrupted) return INTERRUPTED;
  return isRefuted || report.failures.length > 0 || report.left.length > 0 ? 1 : 0;
}

async function isAgreed(repository: string): Promise<boolean> {
  console.error(
    `This writes to ${repository}: three workflow files on its default branch, a branch with a pull request, and ` +
      'about six runs, of which three are cancelled. It takes all but the runs away at its end.',
  );
  if (process.stdin.isTTY !== true) {
    console.error('Say --yes where nobody can be asked.');
    return false;
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question('Is this a sandbox, and may it be written to? [y/N] ');
  terminal.close();
  return /^y(?:es)?$/i.test(answer.trim());
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(failureSentence(error));
  process.exitCode = 2;
}
