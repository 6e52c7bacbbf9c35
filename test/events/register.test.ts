import type { ApplicationFunction } from 'probot';
import { describe, expect, it } from 'vitest';
import { isKnownEvent, isReadAction } from '../../src/events/payloads.ts';
import { registerEvents } from '../../src/events/register.ts';
import { everyExample } from '../http/webhook/sample.ts';
import { fakeContext } from '../usecases/fakes.ts';

/** The names under which handlers are registered. */
function registered(): ReadonlySet<string> {
  const names = new Set<string>();
  const on = (name: string | readonly string[]) => {
    for (const one of [name].flat()) names.add(String(one));
  };
  const register = registerEvents({
    contextFor: async () => fakeContext().context,
    lockRepository: (_, work) => work(),
  });
  register({ on } as unknown as Parameters<ApplicationFunction>[0], {} as Parameters<ApplicationFunction>[1]);
  return names;
}

describe('registerEvents', () => {
  it('has a handler for exactly what the front door takes', () => {
    const names = registered();
    const seen = new Set<string>();
    for (const { name, body } of everyExample()) {
      const full = `${name}.${String(body.action)}`;
      const isHandled = names.has(name) || names.has(full);
      expect([full, isKnownEvent(name) && isReadAction(name, body)]).toEqual([full, isHandled]);
      if (isHandled) seen.add(names.has(name) ? name : full);
    }
    for (const full of names) {
      const [name = '', action] = full.split('.');
      expect(isKnownEvent(name) && isReadAction(name, { action })).toBe(true);
    }
    expect(seen.size).toBeGreaterThan(8);
  });
});
