import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/parse.ts';
import { followedWithoutFile, limitsFor, rulesWithoutFile } from '../../src/config/rules.ts';
import type { Directives } from '../../src/workflow/schedule.ts';

const PATH = '.github/workflows/nightly.yml';

function rules(config: string, directives: Directives = {}) {
  return limitsFor(parseConfig(config), { path: PATH, directives });
}

describe('limitsFor', () => {
  it('says nothing where nothing is said', () => {
    expect(rules('')).toMatchObject({ limits: {}, pinned: false, finishByMinute: null, orderIsBound: false });
  });

  it('reads the general part', () => {
    expect(rules('window: "01:00-05:00"\nfinish-by: "07:00"\nnot-before: "02:00"\nmax-shift: 30m\n')).toEqual(
      {
        limits: {
          window: { fromMinute: 60, toMinute: 300 },
          finishByMinute: 420,
          notBeforeMinute: 120,
          maxShiftMinutes: 30,
        },
        pinned: false,
        punctual: false,
        orderIsBound: false,
        finishByMinute: 420,
      },
    );
  });

  it('takes the directive before the workflow, the workflow before the general part, each key by itself', () => {
    const config =
      'max-shift: 1h\nfinish-by: "07:00"\nworkflows: { nightly.yml: { max-shift: 2h, not-before: "01:00" } }\n';
    expect(rules(config).limits).toEqual({ maxShiftMinutes: 120, finishByMinute: 420, notBeforeMinute: 60 });
    expect(rules(config, { maxShiftMinutes: 10 }).limits).toEqual({
      maxShiftMinutes: 10,
      finishByMinute: 420,
      notBeforeMinute: 60,
    });
    expect(rules(config, { finishByMinute: 360 }).finishByMinute).toBe(360);
  });

  it.each([
    ['nightly.yml'],
    ['.github/workflows/nightly.yml'],
    ['/.github/workflows/nightly.yml'],
    ['./nightly.yml'],
  ])('knows the workflow as %s', (name) => {
    expect(rules(`workflows: { "${name}": { pin: true } }`).pinned).toBe(true);
  });

  it('leaves other workflows out', () => {
    expect(rules('workflows: { night.yml: { pin: true } }').pinned).toBe(false);
  });

  it.each([
    ['', {}, false],
    ['', { punctual: true }, true],
    ['on-time: punctual', {}, true],
    ['on-time: rescue', {}, false],
    ['{ on-time: punctual, workflows: { nightly.yml: { on-time: off } } }', {}, false],
  ])('says whether %j and %j have it started at its minute', (config, directives, punctual) => {
    expect(rules(config, directives).punctual).toBe(punctual);
  });

  it('pins by directive against the config', () => {
    expect(rules('workflows: { nightly.yml: { pin: false } }', { pin: true }).pinned).toBe(true);
  });
});

describe('followedWithoutFile', () => {
  it('names files in `after` that the repository does not have, with the way to them', () => {
    const config = parseConfig('workflows: { a.yml: { after: [nightly.yml, nighly.yml] } }');
    expect(followedWithoutFile(config, [PATH])).toEqual([
      { name: 'nighly.yml', keys: ['workflows', 'a.yml', 'after', '1'] },
    ]);
  });
});

describe('rulesWithoutFile', () => {
  it('names keys that are no file of the repository', () => {
    const config = parseConfig(
      'workflows: { nightly.yml: {}, nighly.yml: { pin: true }, .github/workflows/a.yml: {} }',
    );
    expect(rulesWithoutFile(config, [PATH, '.github/workflows/a.yml'])).toEqual(['nighly.yml']);
  });
});
