import type { RepositoryState } from '../../src/usecases/ports.ts';
import type { Seen } from './world.ts';

/** What is left of a life, with whatever differs from one emulator to the next named the same. */
export interface Remains {
  readonly kept: Readonly<Record<string, unknown>>;
  readonly seen: Seen;
}

/** The state as JSON, so that one store's and another's compare by value. */
export function comparable(
  state: RepositoryState | undefined,
  seen: Seen,
  names: ReadonlyMap<string, string>,
): Remains {
  let text = JSON.stringify(state ?? {});
  for (const [before, after] of names) text = text.replaceAll(before, after);
  return { kept: JSON.parse(text), seen };
}

/** A value of one world as it would be in another; `names` tell what the same thing is called in both. */
export function renamed(
  value: unknown,
  from: ReadonlyMap<string, string>,
  to: ReadonlyMap<string, string>,
): unknown {
  const there = new Map([...to].map(([own, common]) => [common, own]));
  let text = JSON.stringify(value);
  for (const [own, common] of from) text = text.replaceAll(own, there.get(common) ?? own);
  return JSON.parse(text);
}
