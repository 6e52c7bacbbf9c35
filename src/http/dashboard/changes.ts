import { EventEmitter } from 'node:events';

/** Announces changes in repositories within this process. */
export function createChanges() {
  const emitter = new EventEmitter().setMaxListeners(0);
  return {
    announce(repositoryId: number): void {
      emitter.emit(String(repositoryId));
    },
    /** Calls `heard` after each change. Returns a function that ends this. */
    subscribe(repositoryId: number, heard: () => void): () => void {
      emitter.on(String(repositoryId), heard);
      return () => void emitter.off(String(repositoryId), heard);
    },
  };
}

export type Changes = ReturnType<typeof createChanges>;
