/** Announces changes in repositories within this process. */
export interface Changes {
  announce(repositoryId: number): void;
  /** Calls `heard` after each change. Returns a function that ends this. */
  subscribe(repositoryId: number, heard: () => void): () => void;
}

/** Listeners by repository. */
export function createChanges(): Changes {
  const listeners = new Map<number, Set<() => void>>();
  return {
    announce(repositoryId) {
      for (const heard of listeners.get(repositoryId) ?? []) heard();
    },
    subscribe(repositoryId, heard) {
      const own = listeners.get(repositoryId) ?? new Set();
      listeners.set(repositoryId, own);
      own.add(heard);
      return () => {
        own.delete(heard);
        if (own.size === 0) listeners.delete(repositoryId);
      };
    },
  };
}
