import { parseArgs } from 'node:util';
import { endure } from '../test/chaos/endure.ts';
import { postgresPrograms, startPrivatePostgres } from '../test/chaos/private-postgres.ts';
import { describeTrouble, NAMED_FAULTS } from '../test/chaos/schedule.ts';

/**
 * Lives through randomised fault schedules and says what did not hold; ends with 1 where anything did not.
 *
 *     npm run chaos -- --seeds 20 [--store files|postgres] [--first-seed 1]
 *     npm run chaos -- --seeds 3 --store postgres --fault failover
 *
 * A fault that is named comes alone, instead of what the seeds draw: clock-day-ahead, clock-day-behind, thaw, full-disk
 * (on files), failover (on PostgreSQL).
 */
async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '5' },
      store: { type: 'string', default: 'files' },
      'first-seed': { type: 'string', default: '1' },
      fault: { type: 'string' },
    },
  });
  const { store } = values;
  if (store !== 'files' && store !== 'postgres') {
    console.error('--store: write files or postgres.');
    return 2;
  }
  const named = NAMED_FAULTS.find((fault) => fault === values.fault);
  if (values.fault !== undefined && named === undefined) {
    console.error(`--fault: write one of ${NAMED_FAULTS.join(', ')}.`);
    return 2;
  }
  const programs = store === 'postgres' ? await postgresPrograms() : undefined;
  if (store === 'postgres' && programs === undefined) {
    console.error('PostgreSQL is not installed here: initdb and pg_ctl are needed for a server of its own.');
    return 2;
  }
  const server = programs === undefined ? undefined : await startPrivatePostgres(programs);
  const first = Number(values['first-seed']);
  const recoveries: number[] = [];
  let failed = 0;
  try {
    for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
      const started = performance.now();
      const { schedule, broken, accepted, starts, recoveredMs, workedOffMs } = await endure(seed, store, {
        server,
        named,
      });
      recoveries.push(recoveredMs);
      if (broken.length > 0) failed += 1;
      const took = Math.round((performance.now() - started) / 1_000);
      console.log(
        `seed ${seed} ${store}: ${broken.length === 0 ? 'held' : 'BROKEN'}; ${accepted} accepted, ${starts} starts, ` +
          `recovered in ${Math.round(recoveredMs)} ms, worked off in ${Math.round(workedOffMs)} ms, ${took} s`,
      );
      console.log(`  ${[...schedule.troubles, ...schedule.ticks].map(describeTrouble).join(', ')}`);
      for (const sentence of broken) console.log(`  ${sentence}`);
    }
  } finally {
    await server?.stop();
  }
  recoveries.sort((a, b) => a - b);
  const median = recoveries[Math.floor(recoveries.length / 2)] ?? 0;
  console.log(
    `${recoveries.length - failed} of ${recoveries.length} schedules held; recovery: median ` +
      `${Math.round(median)} ms, longest ${Math.round(recoveries.at(-1) ?? 0)} ms`,
  );
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
