/** Makes what runs work one at a time, in the order it was asked for, whatever becomes of the work before. */
export function createMutex(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work);
    last = done.catch(() => undefined);
    return done;
  };
}

/** Runs work on a repository while nothing else of the process works on it; returns and throws what the work does. */
export type KeyedMutex = <T>(repositoryId: number, work: () => Promise<T>) => Promise<T>;

/** Work on one repository runs one at a time, in the order it was asked for; on different ones side by side. */
export function createKeyedMutex(): KeyedMutex {
  const last = new Map<number, Promise<unknown>>();
  return async (repositoryId, work) => {
    const before = last.get(repositoryId);
    const own = (async () => {
      // The failure of the work before reaches its own caller.
      await before?.catch(() => undefined);
      return work();
    })();
    last.set(repositoryId, own);
    try {
      return await own;
    } finally {
      if (last.get(repositoryId) === own) last.delete(repositoryId);
    }
  };
}
