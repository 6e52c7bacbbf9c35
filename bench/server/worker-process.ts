import { setTimeout as wait } from 'node:timers/promises';
import { openDatabase } from '../../src/database/connect.ts';
import type { GitHubClient } from '../../src/github/client.ts';
import { createReader } from '../../src/github/reader.ts';
import { startBoss } from '../../src/queue/pg-boss/boss.ts';
import { openPgBossQueue } from '../../src/queue/pg-boss/pg-boss-queue.ts';
import { openPostgresStore } from '../../src/store/postgres/postgres-store.ts';
import type { ConnectedRepository } from '../../src/usecases/ports.ts';
import { benchContext, benchLog, systemClock } from './context.ts';
import { tickMinute, workflowPath } from './deliveries.ts';
import { benchJobHandler } from './process-job.ts';

/** A worker of the bench: on the order `open` it makes itself ready, on `go` it begins to work. */
export type WorkerOrder =
  | {
      readonly kind: 'open';
      readonly url: string;
      /** What each call of GitHub's API takes. */
      readonly callMs: number;
      readonly workflows: number;
    }
  | { readonly kind: 'go' };

/** Sent while there is news: what this worker has done so far. */
export interface WorkerNews {
  readonly handled: number;
  readonly calls: number;
  /** Processor time since `go`, microseconds. */
  readonly cpuMicroseconds: number;
}

const NEWS_EVERY_MS = 20;

let begin: () => Promise<void> = async () => undefined;
let handled = 0;
let calls = 0;

/** As much of GitHub as a scheduled run of a new commit needs, each call of it as slow as asked for. */
function slowGitHub(callMs: number, workflows: number): GitHubClient {
  const call = async (data: object): Promise<{ data: object }> => {
    calls += 1;
    await wait(callMs);
    return { data };
  };
  const files = Array.from({ length: workflows }, (_, workflow) => ({
    type: 'file',
    path: workflowPath(workflow),
    sha: `blob-${workflow}`,
  }));
  const textOf = (sha: string): string => {
    const minute = tickMinute(Number(sha.slice('blob-'.length)));
    const cron = `${minute % 60} ${Math.floor(minute / 60)} * * *`;
    return `on:\n  schedule:\n    - cron: '${cron}'\njobs:\n  work:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n`;
  };
  const rest = {
    repos: {
      getCommit: ({ ref }: { ref: string }) => call({ sha: ref }),
      getContent: () => call(files),
    },
    git: {
      getBlob: ({ file_sha }: { file_sha: string }) =>
        call({ content: Buffer.from(textOf(file_sha)).toString('base64') }),
    },
  };
  return { rest } as unknown as GitHubClient;
}

async function open({ url, callMs, workflows }: Extract<WorkerOrder, { kind: 'open' }>): Promise<void> {
  const database = openDatabase({ url, poolSize: 10, onError: (error) => console.error(error) });
  const store = openPostgresStore({ database, log: benchLog, clock: systemClock });
  const boss = await startBoss({ connection: { url }, log: benchLog });
  const reader = createReader(slowGitHub(callMs, workflows), { owner: 'Codertocat', repo: 'Hello-World' });
  const github = { connect: async () => ({ reader }) as ConnectedRepository };
  const handle = benchJobHandler({ ...benchContext(store), github });
  begin = async () => {
    await openPgBossQueue({
      database,
      boss,
      transactions: store,
      async handle(job) {
        await handle(job);
        handled += 1;
      },
      log: benchLog,
      clock: systemClock,
    });
  };
}

async function answer(order: WorkerOrder): Promise<void> {
  if (order.kind === 'open') await open(order);
  else {
    const before = process.cpuUsage();
    let told = 0;
    setInterval(() => {
      if (handled === told) return;
      told = handled;
      const { user, system } = process.cpuUsage(before);
      process.send?.({ handled, calls, cpuMicroseconds: user + system } satisfies WorkerNews);
    }, NEWS_EVERY_MS);
    await begin();
  }
  process.send?.('ready');
}

process.on('message', (order: WorkerOrder) => {
  answer(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// The bench may have been stopped.
process.on('disconnect', () => process.exit());
