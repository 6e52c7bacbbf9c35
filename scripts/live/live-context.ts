import { memoryStore } from '../../src/store/memory-store.ts';
import { createLog } from '../../src/telemetry/log.ts';
import type { Context } from '../../src/usecases/context.ts';
import type { ConnectedRepository, RepositoryProfile } from '../../src/usecases/ports.ts';
import type { Place } from './place.ts';

/** What use cases reach in a live run: the sandbox alone, kept in memory. */
export function liveContext(
  { time, connected }: Pick<Place, 'time' | 'connected'>,
  profile: RepositoryProfile,
  seenAs: ConnectedRepository = connected,
): Context {
  return {
    store: memoryStore([profile], time.now()),
    github: { connect: async () => seenAs },
    clock: time,
    log: createLog({ level: 'silent' }),
    emergencyStop: false,
    commands: [],
  };
}
