import type { Clock } from '../../src/clock.ts';
import { emptyBookkeeping } from '../../src/proposal/bookkeeping.ts';
import type { Context } from '../../src/usecases/context.ts';
import { newProfile } from '../../src/usecases/known-repository.ts';
import type { RepositoryChange, Store } from '../../src/usecases/ports.ts';
import { KNOWN_SHA, repositoryId, tickMinute, WORKFLOWS_PER_REPOSITORY, workflowPath } from './deliveries.ts';

/** What the deliveries say of each repository. */
const SEEN = {
  installationId: 77,
  owner: 'Codertocat',
  name: 'Hello-World',
  defaultBranch: 'main',
  archived: false,
  fork: false,
  private: true,
};
const DAY_MS = 86_400_000;

export const systemClock: Clock = { now: () => Date.now() };

export const benchLog = {
  debug() {},
  info() {},
  warn: (fields: object, message: string) => console.error(message, fields),
  error: (fields: object, message: string) => console.error(message, fields),
};

/** What the use cases need. GitHub is not there: nothing that the bench sends may ask it. */
export function benchContext(store: Store): Context {
  return {
    store,
    github: {
      connect() {
        throw new Error('The bench asked GitHub something.');
      },
    },
    clock: systemClock,
    log: benchLog,
    emergencyStop: false,
    commands: [],
  };
}

/** A known repository with known crons and a past that was learned, and a round so young that none is due. */
export function benchRepository(
  index: number,
  now: number,
): { readonly id: number; readonly change: RepositoryChange } {
  const id = repositoryId(index);
  const paths = Array.from({ length: WORKFLOWS_PER_REPOSITORY }, (_, workflow) => workflow);
  return {
    id,
    change: {
      profile: { ...newProfile({ id, ...SEEN }), lastRoundAt: now + DAY_MS },
      care: { ...emptyBookkeeping(), tendedAt: now, backfilledAt: now },
      scheduleVersions: [
        {
          sha: KNOWN_SHA,
          seenAt: 0,
          entries: paths.map((workflow) => ({
            key: `${workflowPath(workflow)}#0`,
            path: workflowPath(workflow),
            cron: `${tickMinute(workflow) % 60} ${Math.floor(tickMinute(workflow) / 60)} * * *`,
            timezone: 'UTC',
          })),
        },
      ],
    },
  };
}
