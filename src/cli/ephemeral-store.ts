import { basename, resolve } from 'node:path';
import { sourcesReader } from '../github/given-files.ts';
import { memoryStore } from '../store/memory-store.ts';
import type { Context } from '../usecases/context.ts';
import { newProfile } from '../usecases/known-repository.ts';
import { observeRun } from '../usecases/learning/observe-run.ts';
import { scheduleVersion } from '../usecases/learning/schedule-version.ts';
import type { GitHub, RepositoryProfile, Store } from '../usecases/ports.ts';
import type { Subject } from './subject.ts';

const REPOSITORY = 1;

/** A repository that was learned for one question and is gone with the process. */
export interface EphemeralRepository {
  readonly store: Store;
  readonly github: GitHub;
  readonly profile: RepositoryProfile;
}

/**
 * Learns the runs of a repository that no App keeps, one by one as the App would have, into a store in memory. Its
 * present schedules count as in force during all of these runs. `now` is epoch ms.
 */
export async function ephemeralStore(
  target: string,
  subject: Subject,
  {
    now,
    log,
    progress,
  }: {
    readonly now: number;
    readonly log: Context['log'];
    readonly progress: (done: number, all: number) => void;
  },
): Promise<EphemeralRepository> {
  const profile = profileOf(target, subject);
  const ended = subject.runs
    .filter(({ endedAt }) => endedAt !== null)
    .toSorted((one, other) => (one.endedAt ?? 0) - (other.endedAt ?? 0) || one.id - other.id);
  const store = memoryStore([profile], ended[0]?.endedAt ?? now);
  const version = scheduleVersion({ sha: '', files: subject.files }, ended[0]?.createdAt ?? now);
  await store.apply(REPOSITORY, { scheduleVersions: [version] });
  const reader = sourcesReader(
    async () => subject.files,
    async () => subject.config,
  );
  const github: GitHub = {
    connect: async () => ({ appLogin: '', reader, writer: null, permissionOf: async () => 'none' }),
  };
  let at = now;
  const context: Context = {
    store,
    github,
    clock: { now: () => at },
    log,
    emergencyStop: false,
    commands: [],
  };
  for (const [place, run] of ended.entries()) {
    at = run.endedAt ?? now;
    await observeRun(context, profile, { ...run, headSha: version.sha });
    progress(place + 1, ended.length);
  }
  return { store, github, profile };
}

function profileOf(target: string, { directory }: Subject): RepositoryProfile {
  const [owner = '', name = ''] =
    directory === null ? target.split('/') : ['local', basename(resolve(directory))];
  return newProfile({
    id: REPOSITORY,
    installationId: 1,
    owner,
    name,
    defaultBranch: 'main',
    archived: false,
    fork: false,
    private: true,
  });
}
