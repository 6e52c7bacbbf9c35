import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BenchDatabase, benchDatabase, NO_DATABASE } from './bench-database.ts';
import { Child } from './child.ts';
import { WORKFLOWS_PER_REPOSITORY } from './deliveries.ts';
import { atMost, type Figure, median, megabytes, milliseconds, shown, times, whole } from './figures.ts';
import type { Memory, Opened, ScaleOrder, Worked } from './scale-process.ts';

const MEGABYTE = 1024 * 1024;
const MOST_GROWTH = 2;
const MOST_RSS_FILES = 400 * MEGABYTE;
const MOST_RSS_POSTGRES = 300 * MEGABYTE;
const MOST_START_MS = 4_000;
/** The cost of one more run is the median of so many samples. */
const SAMPLES = 5;
const WARM_UP_REPOSITORIES = 10;

/** As the image and the unit in `deploy/` start the server. */
const NODE_FLAGS = ['--expose-gc', '--max-semi-space-size=4', '--max-old-space-size=320'];
const NODE_ENV = { MALLOC_ARENA_MAX: '1' };

export interface ScaleSizes {
  readonly repositories: number;
  readonly fewRuns: number;
  readonly manyRuns: number;
  /** Runs of one sample. */
  readonly sample: number;
}

/** Runs come ten at a time, as a push starts all workflows of its repository. */
class Worker {
  readonly #child = new Child('scale-process.ts', NODE_FLAGS, NODE_ENV);
  readonly #repositories: number;
  readonly #database: BenchDatabase | null;
  #next: number;

  constructor(repositories: number, database: BenchDatabase | null = null, firstRun = 0) {
    this.#repositories = repositories;
    this.#database = database;
    this.#next = firstRun;
  }

  ask<Answer>(order: ScaleOrder): Promise<Answer> {
    return this.#child.ask<Answer>(order);
  }

  /**
   * Learns so many runs; resolves with the cost of one, microseconds of processor time, PostgreSQL's own among them.
   */
  async work(runs: number): Promise<number> {
    const traffic = {
      repositories: this.#repositories,
      workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
      burst: WORKFLOWS_PER_REPOSITORY,
      from: this.#next,
    };
    this.#next += runs;
    const before = (await this.#database?.cpuMicroseconds()) ?? 0;
    const { cpuMicrosecondsAnEvent } = await this.ask<Worked>({ kind: 'work', traffic, runs });
    const after = (await this.#database?.cpuMicroseconds()) ?? 0;
    return cpuMicrosecondsAnEvent + (after - before) / runs;
  }

  async costOfOneMore(sample: number): Promise<number> {
    const costs: number[] = [];
    for (let count = 0; count < SAMPLES; count += 1) costs.push(await this.work(sample));
    return median(costs);
  }

  end(): void {
    this.#child.end();
  }
}

/** What 100,000 runs in 1,000 repositories cost on files: memory, start, and one more run. */
export async function benchFiles(sizes: ScaleSizes): Promise<readonly Figure[]> {
  const directories: string[] = [];
  const newDirectory = async (): Promise<string> => {
    const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
    directories.push(directory);
    return directory;
  };
  const workers: Worker[] = [];
  const newWorker = (repositories: number): Worker => {
    const worker = new Worker(repositories);
    workers.push(worker);
    return worker;
  };
  try {
    const few = newWorker(sizes.repositories);
    // The compiler warms up on a store of its own.
    await few.ask<Opened>({
      kind: 'open',
      directory: await newDirectory(),
      newRepositories: WARM_UP_REPOSITORIES,
    });
    const warmUp = {
      repositories: WARM_UP_REPOSITORIES,
      workflowsPerRepository: WORKFLOWS_PER_REPOSITORY,
      burst: WORKFLOWS_PER_REPOSITORY,
      from: 0,
    };
    await few.ask<Worked>({ kind: 'work', traffic: warmUp, runs: 5 * sizes.fewRuns });
    await few.ask<Opened>({
      kind: 'open',
      directory: await newDirectory(),
      newRepositories: sizes.repositories,
    });
    await few.work(sizes.fewRuns);
    const costOfFew = await few.costOfOneMore(sizes.sample);
    few.end();

    const many = newWorker(sizes.repositories);
    const directory = await newDirectory();
    await many.ask<Opened>({ kind: 'open', directory, newRepositories: sizes.repositories });
    await many.work(sizes.manyRuns);
    const costOfMany = await many.costOfOneMore(sizes.sample);
    const { rssBytes } = await many.ask<Memory>({ kind: 'memory' });
    await many.ask({ kind: 'close' });
    const { startMs } = await newWorker(sizes.repositories).ask<Opened>({
      kind: 'open',
      directory,
      newRepositories: 0,
    });
    const at = `${whole(sizes.manyRuns)} runs in ${whole(sizes.repositories)} repositories, files`;
    return [
      atMost(`${at}: RSS`, rssBytes, MOST_RSS_FILES, megabytes),
      atMost(`${at}: start`, startMs, MOST_START_MS, milliseconds),
      growthOf(at, costOfMany, costOfFew, sizes.fewRuns),
    ];
  } finally {
    for (const worker of workers) worker.end();
    for (const directory of directories) await rm(directory, { recursive: true, force: true });
  }
}

/**
 * What 1,000,000 runs cost on PostgreSQL: memory, and one more run against the cost at 10,000. All but the newest ten
 * of each repository are put in place by the store without having been learned, which would take most of an hour.
 */
export async function benchTables(sizes: ScaleSizes): Promise<readonly Figure[]> {
  const few = await measureTables(sizes, sizes.fewRuns);
  const at = `${whole(sizes.manyRuns)} runs, PostgreSQL`;
  if (few === null) return [shown(at, NO_DATABASE)];
  const many = await measureTables(sizes, sizes.manyRuns);
  if (many === null) return [];
  return [
    growthOf(at, many.cost, few.cost, sizes.fewRuns),
    atMost(`${at}: RSS`, many.rssBytes, MOST_RSS_POSTGRES, megabytes),
  ];
}

async function measureTables({ repositories, sample }: ScaleSizes, runs: number) {
  const database = await benchDatabase();
  if (database === null) return null;
  const directory = await mkdtemp(join(tmpdir(), 'offbeat-bench-'));
  const learned = WORKFLOWS_PER_REPOSITORY * repositories;
  const pastRuns = Math.max(0, Math.floor((runs - learned) / repositories));
  const worker = new Worker(repositories, database, pastRuns * repositories);
  try {
    await worker.ask<Opened>({
      kind: 'open',
      directory,
      newRepositories: repositories,
      url: database.url,
      pastRuns,
    });
    await worker.work(learned);
    const cost = await worker.costOfOneMore(sample);
    const { rssBytes } = await worker.ask<Memory>({ kind: 'memory' });
    return { cost, rssBytes };
  } finally {
    worker.end();
    await database.drop();
    await rm(directory, { recursive: true, force: true });
  }
}

function growthOf(at: string, many: number, few: number, fewRuns: number): Figure {
  return atMost(
    `${at}: one more run (${whole(many)} µs) against the cost at ${whole(fewRuns)} (${whole(few)} µs)`,
    many / few,
    MOST_GROWTH,
    times,
  );
}
