import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { processJob } from '../../src/events/process-job.ts';
import { registerEvents } from '../../src/events/register.ts';
import { createGitHub } from '../../src/github/connect.ts';
import { appAuthentication, createProbot } from '../../src/github/probot.ts';
import { createKeyedMutex } from '../../src/keyed-mutex.ts';
import { helpLines } from '../../src/operations/help.ts';
import { OPERATIONS } from '../../src/operations/table.ts';
import { createInProcessQueue } from '../../src/queue/in-process.ts';
import { type AcceptedJob, Job } from '../../src/queue/queue.ts';
import { withOperatorControls } from '../../src/serve/operator-controls.ts';
import { createPlanner } from '../../src/serve/planner.ts';
import { openDeploymentFile } from '../../src/store/deployment-file.ts';
import { openLowdbStore } from '../../src/store/lowdb/lowdb-store.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { clock, keepingLog } from '../store/sample.ts';
import { comparable, type Remains, renamed } from './remains.ts';
import { createWorld } from './world.ts';

/**
 * The same deliveries in the same order, one after the other, dated as they were accepted, with no trouble in between.
 * `names` are those of the world in which they were accepted.
 */
export async function liveSequentially(
  accepted: readonly Job[],
  names: ReadonlyMap<string, string>,
): Promise<Remains> {
  const world = await createWorld();
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-chaos-'));
  const log = createLog({ level: 'silent' });
  const probot = createProbot({
    appId: world.env.appId,
    privateKey: world.env.privateKey,
    secret: world.env.secrets[0],
    baseUrl: world.env.githubApiUrl,
    timeoutMs: 20_000,
    log,
  });
  const github = createGitHub(appAuthentication(probot));
  const store = await openLowdbStore({ directory, log, clock });
  const deployments = openDeploymentFile(directory);
  const planning = createPlanner();
  const contextAt = (now: number) =>
    withOperatorControls(
      {
        store,
        github,
        clock: { now: () => now },
        log,
        emergencyStop: false,
        commands: helpLines(OPERATIONS),
        planning,
      },
      deployments,
    );
  const lockRepository = createKeyedMutex();
  await probot.load(registerEvents({ contextFor: () => contextAt(clock.now()), lockRepository }));
  const handle = async (job: AcceptedJob): Promise<void> =>
    processJob(probot, job, { context: await contextAt(job.acceptedAt), lockRepository });
  const queue = await createInProcessQueue({
    data: store.data,
    handle,
    log: keepingLog(),
    clock,
    random: () => 0.5,
  });
  try {
    const here = (await world.look()).names;
    for (const job of accepted) {
      world.clock.set(job.acceptedAt);
      if ((await queue.accept(Job.parse(renamed(job, names, here)))) !== 'accepted')
        throw new Error(`${job.deliveryId} was accepted a second time.`);
      await queue.idle();
    }
    const state = await store.load(world.emulated.repository.id);
    const { seen, names: newNames } = await world.look();
    return comparable(state, seen, newNames);
  } finally {
    await queue.drain();
    await store.close();
    await world.end();
    await rm(directory, { recursive: true, force: true });
  }
}
