import { expect, it } from 'vitest';
import { effectiveMode, type ModeSources } from '../../src/proposal/mode.ts';
import type { Mode } from '../../src/proposal/proposal.ts';

const cases: readonly (readonly [ModeSources, Mode])[] = [
  [{ emergencyStop: false, commanded: null, configured: undefined }, 'observe'],
  [{ emergencyStop: false, commanded: 'suggest', configured: null }, 'suggest'],
  [{ emergencyStop: false, commanded: 'suggest', configured: 'observe' }, 'observe'],
  [{ emergencyStop: false, commanded: 'observe', configured: 'suggest' }, 'suggest'],
  [{ emergencyStop: false, commanded: 'pause', configured: 'suggest' }, 'pause'],
  [{ emergencyStop: false, commanded: null, configured: 'pause' }, 'pause'],
  [{ emergencyStop: true, commanded: 'suggest', configured: 'suggest' }, 'stopped'],
  [{ emergencyStop: true, commanded: 'pause', configured: 'observe' }, 'stopped'],
];

it.each(cases)('%o gives mode %s with a reason', (sources, mode) => {
  const effective = effectiveMode(sources);
  expect(effective.mode).toBe(mode);
  expect(effective.why).toMatch(/\.$/);
});
