import type { Store } from '../usecases/ports.ts';
import type { WorkMetrics } from './work-metrics.ts';

/** The same store, with its time and its changes told to the metrics. */
export function measuredStore<S extends Store>(
  store: S,
  metrics: Pick<WorkMetrics, 'stored' | 'changed'>,
): S {
  const timed = async <T>(call: 'load' | 'apply', work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await work();
    } finally {
      metrics.stored(call, (performance.now() - started) / 1_000);
    }
  };
  return new Proxy(store, {
    get(target, property) {
      switch (property) {
        case 'load':
          return (repositoryId: number) => timed('load', () => target.load(repositoryId));
        case 'apply':
          return async (...change: Parameters<Store['apply']>) => {
            await timed('apply', () => target.apply(...change));
            metrics.changed(change[1]);
          };
        default: {
          const value: unknown = Reflect.get(target, property, target);
          return typeof value === 'function' ? value.bind(target) : value;
        }
      }
    },
  });
}
