import type { Changes } from '../dashboard/changes.ts';
import type { Store } from '../usecases/ports.ts';

/** The same store, which says of every change in which repository it was. */
export function announcingStore<T extends Store>(store: T, changes: Changes): T {
  return new Proxy(store, {
    get(target, name) {
      const found: unknown = Reflect.get(target, name, target);
      if (typeof found !== 'function') return found;
      if (name !== 'apply') return found.bind(target);
      return async (...given: Parameters<Store['apply']>) => {
        await target.apply(...given);
        changes.announce(given[0]);
      };
    },
  });
}
