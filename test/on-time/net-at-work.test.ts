import { describe, expect, it } from 'vitest';
import { isNetAtWork, mayNetCome } from '../../src/on-time/net-at-work.ts';
import { MINUTE_MS } from '../../src/time.ts';
import { NET_PATH } from '../../src/workflow/paths.ts';

describe('the net of a repository', () => {
  const own = { mode: 'punctual', net: 'own' } as const;

  it('starts no tick within eight minutes, and only those of punctual files that have it', () => {
    expect(mayNetCome(own, 0, 8 * MINUTE_MS)).toBe(false);
    expect(mayNetCome(own, 0, 8 * MINUTE_MS + 1)).toBe(true);
    expect(mayNetCome({ ...own, mode: 'rescue' }, 0, 60 * MINUTE_MS)).toBe(false);
    expect(mayNetCome({ ...own, net: 'none' }, 0, 60 * MINUTE_MS)).toBe(false);
  });

  it('is at work until its run has ended', () => {
    expect(isNetAtWork([{ path: NET_PATH, state: 'waiting' }])).toBe(true);
    expect(isNetAtWork([{ path: NET_PATH, state: 'ended' }])).toBe(false);
    expect(isNetAtWork([{ path: '.github/workflows/nightly.yml', state: 'waiting' }])).toBe(false);
  });
});
