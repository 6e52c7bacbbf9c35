import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { Env } from '../../src/env.ts';
import { type RunningServer, startServer } from '../../src/serve/start.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { benchRepository, systemClock } from './context.ts';
import { openBenchStorage } from './open-storage.ts';

/** The whole App in a process of its own, told over IPC what to be: it answers with its address. */
export interface ProductionOrder {
  readonly env: Env;
  /** Repositories that are known before the start, those that the deliveries tell of. */
  readonly repositories: number;
}

/** `loop`: the longest that the event loop was held since the last such question, ms. */
export type ProductionQuestion = 'idle' | 'loop';

const loop = monitorEventLoopDelay({ resolution: 10 });
loop.enable();
let running: RunningServer | undefined;

async function answer(message: ProductionOrder | ProductionQuestion): Promise<string | number | null> {
  if (message === 'idle') {
    await running?.idle();
    return null;
  }
  if (message === 'loop') {
    const longest = loop.max / 1e6;
    loop.reset();
    return longest;
  }
  return start(message);
}

async function start({ env, repositories }: ProductionOrder): Promise<string> {
  const { store, close } = await openBenchStorage({
    directory: env.dataDirectory,
    url: env.database?.url,
    learns: false,
    workers: 0,
  });
  for (let index = 0; index < repositories; index += 1) {
    const { id, change } = benchRepository(index, systemClock.now());
    await store.apply(id, change);
  }
  await close();
  running = await startServer({ env, clock: systemClock, log: createLog({ level: 'error' }) });
  return running.url;
}

process.on('message', (message: ProductionOrder | ProductionQuestion) => {
  void answer(message).then(
    (reply) => process.send?.(reply),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// The bench may have been stopped.
process.on('disconnect', () => process.exit());
