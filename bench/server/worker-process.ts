import { setTimeout as wait } from 'node:timers/promises';
import type { GitHubClient } from '../../src/github/client.ts';
import { createReader } from '../../src/github/reader.ts';
import type { ConnectedRepository } from '../../src/usecases/ports.ts';
import { tickMinute, workflowPath } from './deliveries.ts';
import { openBenchStorage } from './open-storage.ts';

/** A worker of the bench: it works on what others have accepted. */
export interface WorkerOrder {
  readonly directory: string;
  readonly url: string;
  /** What each call of GitHub's API takes. */
  readonly callMs: number;
  readonly workflows: number;
  /** False: what is accepted is taken and nothing is done with it. */
  readonly learns: boolean;
}

/** Sent while there is news: what this worker has done so far. */
export interface WorkerNews {
  readonly handled: number;
  readonly calls: number;
  /** Processor time since it began to work, microseconds. */
  readonly cpuMicroseconds: number;
  /** Deliveries begun since the last news, and when (epoch ms, with a fraction). */
  readonly begun: readonly { readonly deliveryId: string; readonly at: number }[];
}

const NEWS_EVERY_MS = 20;

let handled = 0;
let calls = 0;
let begun: { deliveryId: string; at: number }[] = [];

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
    const jobs = 'jobs:\n  work:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make\n';
    return `on:\n  schedule:\n    - cron: '${cron}'\n${jobs}`;
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

async function open({ directory, url, callMs, workflows, learns }: WorkerOrder): Promise<void> {
  const reader = createReader(slowGitHub(callMs, workflows), { owner: 'Codertocat', repo: 'Hello-World' });
  const before = process.cpuUsage();
  let told = 0;
  setInterval(() => {
    if (handled === told) return;
    told = handled;
    const { user, system } = process.cpuUsage(before);
    const news: WorkerNews = { handled, calls, cpuMicroseconds: user + system, begun };
    begun = [];
    process.send?.(news);
  }, NEWS_EVERY_MS);
  await openBenchStorage({
    directory,
    url,
    learns,
    github: { connect: async () => ({ reader }) as ConnectedRepository },
    onBegin: (deliveryId) => void begun.push({ deliveryId, at: performance.timeOrigin + performance.now() }),
    onEnd: () => {
      handled += 1;
    },
  });
}

process.on('message', (order: WorkerOrder) => {
  open(order).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
// The bench may have been stopped.
process.on('disconnect', () => process.exit());
