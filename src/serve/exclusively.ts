/** Runs work on a repository when nothing else of the same process works on it. */
export type Exclusively = <T>(repositoryId: number, work: () => Promise<T>) => Promise<T>;

/** Work on one repository one at a time, in the order in which it was asked for; on different ones side by side. */
export function createExclusively(): Exclusively {
  const last = new Map<number, Promise<unknown>>();
  return async (repositoryId, work) => {
    const before = last.get(repositoryId);
    const own = (async () => {
      // Whoever asked for it hears of its failure.
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
