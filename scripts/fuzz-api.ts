import { parseArgs } from 'node:util';
import { fuzzApi } from '../test/fuzz/fuzz-api.ts';

/**
 * Sends requests made from the OpenAPI document to the App as it runs in production, and says what broke a law; ends
 * with 1 where anything did. Prints its seed, which gives the same requests again.
 *
 *     npm run fuzz:api -- [--requests 50000] [--seed N]
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { requests: { type: 'string', default: '5000' }, seed: { type: 'string' } },
  });
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  const report = await fuzzApi({ requests: Number(values.requests), seed });
  const each = [...report.statuses].toSorted(([one], [other]) => one - other);
  console.log(
    `seed ${seed}: ${report.requests} requests to ${report.endpoints} endpoints in ${report.seconds.toFixed(0)} s, ` +
      `${report.answered.size} endpoints answered with 200 ` +
      `(${each.map(([status, times]) => `${status}: ${times}`).join(', ')})`,
  );
  for (const finding of report.findings) console.error(finding);
  if (report.findings.length === 0) console.log('Nothing found.');
  return report.findings.length === 0 ? 0 : 1;
}

process.exitCode = await main();
