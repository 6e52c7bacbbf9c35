import type { Changes } from '../http/dashboard/changes.ts';
import type { WorkMetrics } from '../telemetry/work-metrics.ts';
import type { Store } from '../usecases/ports.ts';

/** One call of a store's method, with its arguments. */
type StoreCall = {
  readonly [Name in keyof Store]-?: {
    readonly name: Name;
    readonly args: Parameters<NonNullable<Store[Name]>>;
  };
}[keyof Store];

/** Runs around each call of a store. `proceed` makes the call itself. */
export type AroundCall = <T>(call: StoreCall, proceed: () => Promise<T>) => Promise<T>;

/** The same store, with `around` around each of its calls; the last one is the outermost. */
export function decorateStore(store: Store, ...arounds: readonly AroundCall[]): Store {
  return arounds.reduce(decorateOnce, store);
}

function decorateOnce(store: Store, around: AroundCall): Store {
  return new Proxy(store, {
    get(target, name) {
      const method: unknown = Reflect.get(target, name, target);
      if (typeof method !== 'function') return method;
      return (...args: readonly unknown[]) =>
        around({ name, args } as unknown as StoreCall, () => method.apply(target, args));
    },
  });
}

/** Measures how long `load` and `apply` take, and counts the changes. */
export function measureCalls(metrics: Pick<WorkMetrics, 'stored' | 'changed'>): AroundCall {
  return async (call, proceed) => {
    if (call.name !== 'load' && call.name !== 'apply') return proceed();
    const started = performance.now();
    const result = await proceed().finally(() =>
      metrics.stored(call.name, (performance.now() - started) / 1_000),
    );
    if (call.name === 'apply') metrics.changed(...call.args);
    return result;
  };
}

/** Announces changed repositories to open pages. */
export function announceChanges(changes: Pick<Changes, 'announce'>): AroundCall {
  return async (call, proceed) => {
    const result = await proceed();
    if (call.name === 'apply') changes.announce(call.args[0]);
    return result;
  };
}
